package dev.freshet.proxy.upstream.guard;

import dev.freshet.cache.fresh.Budget;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Decision;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Rejected;
import dev.freshet.proxy.upstream.guard.RateLimits.AccountName;
import dev.freshet.proxy.upstream.guard.RateLimits.RateLimitBucket;
import dev.freshet.testbed.proxy.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may call when. */
class RateLimitsTest {

    private static final AccountName ALICE = new AccountName("alice");
    private static final Failure REFUSED = Failure.tooManyRequests();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final RateLimits limits = new RateLimits(scheduler::nanoTime, scheduler::random);

    @Test
    void noAccountIsHeldOffAtFirst() {
        assertThat(enter(ALICE, RateLimitBucket.MANIFEST_GETS)).isInstanceOf(Permit.class);
        assertThat(limits.heldOff(ALICE, RateLimitBucket.MANIFEST_GETS)).isEmpty();
        assertThat(limits.heldOffSeconds()).isZero();
    }

    @Test
    void afterARefusalThereIsNoPermitUntilTheTimeIsOver() {
        assertThat(refuse(ALICE, RateLimitBucket.BLOBS, MINUTE)).isEqualTo(MINUTE);
        scheduler.advance(MINUTE.minusNanos(1));

        assertThat(enter(ALICE, RateLimitBucket.BLOBS))
                .isEqualTo(new Rejected(REFUSED, Duration.ofNanos(1)));
        scheduler.advance(Duration.ofNanos(1));
        assertThat(limits.heldOff(ALICE, RateLimitBucket.BLOBS)).isEmpty();
        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Permit.class);
    }

    @Test
    void anAccountIsHeldOffByItself() {
        refuse(ALICE, RateLimitBucket.MANIFEST_GETS, MINUTE);

        assertThat(limits.heldOff(ALICE, RateLimitBucket.MANIFEST_GETS)).hasValue(MINUTE);
        assertThat(limits.heldOff(AccountName.ANONYMOUS, RateLimitBucket.MANIFEST_GETS)).isEmpty();
        assertThat(enter(AccountName.ANONYMOUS, RateLimitBucket.MANIFEST_GETS)).isInstanceOf(Permit.class);
        assertThat(limits.heldOffSeconds()).isEqualTo(60);
    }

    @ParameterizedTest(name = "refused {0}: {1} {2}")
    @CsvSource({"MANIFEST_GETS, MANIFEST_GETS, true", "MANIFEST_GETS, MANIFEST_HEADS, false",
            "MANIFEST_GETS, BLOBS, false", "MANIFEST_HEADS, MANIFEST_HEADS, true",
            "MANIFEST_HEADS, MANIFEST_GETS, true", "MANIFEST_HEADS, BLOBS, false", "BLOBS, BLOBS, true",
            "BLOBS, MANIFEST_HEADS, false", "BLOBS, MANIFEST_GETS, false"})
    void aRefusalIsOfItsKindAndOfWhatCostsMore(RateLimitBucket refused, RateLimitBucket asked, boolean isHeldOff) {
        refuse(ALICE, refused, MINUTE);

        assertThat(enter(ALICE, asked) instanceof Rejected).isEqualTo(isHeldOff);
        assertThat(limits.heldOff(ALICE, asked).isPresent()).isEqualTo(isHeldOff);
    }

    @Test
    void oneThatTakesItsTimeToFindOutHoldsUpNoOther() {
        refuse(ALICE, RateLimitBucket.BLOBS, MINUTE);
        scheduler.advance(MINUTE);
        admitted(ALICE, RateLimitBucket.BLOBS);
        scheduler.advance(Duration.ofMillis(6_999));
        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Rejected.class);

        scheduler.advance(Duration.ofMillis(1));

        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Permit.class);
        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Rejected.class);
    }

    @Test
    void whenTheTimeIsOverOneFindsOutForAll() {
        refuse(ALICE, RateLimitBucket.BLOBS, MINUTE);
        scheduler.advance(MINUTE);

        Permit probe = admitted(ALICE, RateLimitBucket.BLOBS);
        Decision meanwhile = enter(ALICE, RateLimitBucket.BLOBS);
        probe.answered();
        probe.close();

        assertThat(meanwhile).isEqualTo(new Rejected(REFUSED, CircuitBreaker.SOON));
        assertThat(admitted(ALICE, RateLimitBucket.BLOBS)).isNotNull();
        assertThat(admitted(ALICE, RateLimitBucket.BLOBS)).isNotNull();
    }

    @Test
    void ofAThousandAtTheSameMomentOneGetsAPermit() throws Exception {
        refuse(ALICE, RateLimitBucket.MANIFEST_GETS, MINUTE);
        refuse(ALICE, RateLimitBucket.MANIFEST_HEADS, MINUTE);
        scheduler.advance(MINUTE);
        CountDownLatch start = new CountDownLatch(1);
        List<Decision> entries = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Decision>> begun = IntStream.range(0, 1_000).mapToObj(i -> threads.submit(() -> {
                start.await();
                return enter(ALICE, RateLimitBucket.MANIFEST_GETS);
            })).toList();
            start.countDown();
            for (Future<Decision> entry : begun) {
                entries.add(entry.get());
            }
        }

        assertThat(entries).hasSize(1_000).filteredOn(Permit.class::isInstance).hasSize(1);
    }

    @Test
    void whoFindsOutNothingLeavesItToTheNext() {
        refuse(ALICE, RateLimitBucket.BLOBS, MINUTE);
        scheduler.advance(MINUTE);

        admitted(ALICE, RateLimitBucket.BLOBS).close();

        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Permit.class);
    }

    @Test
    void aGetThatIsRefusedLeavesItToTheNextHeadToFindOut() {
        refuse(ALICE, RateLimitBucket.MANIFEST_HEADS, MINUTE);
        scheduler.advance(MINUTE);

        refuse(ALICE, RateLimitBucket.MANIFEST_GETS, MINUTE);

        assertThat(enter(ALICE, RateLimitBucket.MANIFEST_HEADS)).isInstanceOf(Permit.class);
        assertThat(enter(ALICE, RateLimitBucket.MANIFEST_GETS)).isInstanceOf(Rejected.class);
    }

    @Test
    void refusalsWithoutATimeHoldOffLongerEachTimeUpToABound() {
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Duration left = refuse(ALICE, RateLimitBucket.BLOBS, Duration.ZERO);
            waits.add(left);
            scheduler.advance(left);
        }

        assertThat(waits).extracting(Duration::toMillis).containsExactly(7_500L, 15_000L, 30_000L, 60_000L, 120_000L,
                240_000L, 450_000L, 450_000L, 450_000L);
    }

    @Test
    void anAnswerLetsTheNextHoldOffBeginShort() {
        scheduler.advance(refuse(ALICE, RateLimitBucket.BLOBS, Duration.ZERO));
        scheduler.advance(refuse(ALICE, RateLimitBucket.BLOBS, Duration.ZERO));
        admitted(ALICE, RateLimitBucket.BLOBS).answered();

        assertThat(refuse(ALICE, RateLimitBucket.BLOBS, Duration.ZERO)).isEqualTo(Duration.ofMillis(7_500));
    }

    @ParameterizedTest(name = "chance {0}: {1} ms")
    @CsvSource({"0.0, 5000", "0.5, 7500", "0.999999, 9999"})
    void halfOfAnUnstatedTimeIsChance(double chance, long millis) {
        RateLimits byChance = new RateLimits(scheduler::nanoTime, () -> chance);

        try (Permit permit = (Permit) byChance.tryAcquire(ALICE, RateLimitBucket.BLOBS)) {
            assertThat(permit.failed(REFUSED, Duration.ZERO).toMillis()).isEqualTo(millis);
        }
    }

    @Test
    void ofCallsThatWereOnTheirWayTogetherTheLongestTimeCounts() {
        List<Permit> permits = IntStream.range(0, 4).mapToObj(i -> admitted(ALICE, RateLimitBucket.BLOBS)).toList();

        assertThat(permits.get(0).failed(REFUSED, Duration.ZERO)).hasMillis(7_500);
        assertThat(permits.get(1).failed(REFUSED, Duration.ZERO)).hasMillis(7_500);
        assertThat(permits.get(2).failed(REFUSED, MINUTE)).isEqualTo(MINUTE);
        permits.get(3).answered();

        assertThat(limits.heldOff(ALICE, RateLimitBucket.BLOBS)).hasValue(MINUTE);
    }

    @Test
    void aStragglerDoesNotDisturbWhoFindsOut() {
        Permit straggler = admitted(ALICE, RateLimitBucket.BLOBS);
        refuse(ALICE, RateLimitBucket.BLOBS, MINUTE);
        scheduler.advance(MINUTE);
        Permit probe = admitted(ALICE, RateLimitBucket.BLOBS);

        straggler.failed(REFUSED, Duration.ofDays(1));
        straggler.close();
        probe.answered();

        assertThat(limits.heldOff(ALICE, RateLimitBucket.BLOBS)).isEmpty();
    }

    @Test
    void aReadingCountsUntilItsWindowIsOver() {
        limits.read(ALICE, new RateLimit(100, 25, MINUTE));

        assertThat(limits.remainingShare(ALICE)).hasValue(0.25);
        assertThat(limits.remainingShare(AccountName.ANONYMOUS)).isEmpty();
        scheduler.advance(MINUTE.minusNanos(1));
        assertThat(limits.remainingShare(ALICE)).hasValue(0.25);
        assertThat(limits.remaining()).isEqualTo(25);
        scheduler.advance(Duration.ofNanos(1));
        assertThat(limits.remainingShare(ALICE)).isEmpty();
        assertThat(limits.budget()).isEqualTo(Budget.AMPLE);
        assertThat(limits.remaining()).isNaN();
        assertThat(limits.limit()).isNaN();
    }

    @Test
    void theLastReadingCountsAndThoseOfAllAccountsAreAddedUp() {
        limits.read(ALICE, new RateLimit(200, 200, MINUTE));
        limits.read(ALICE, new RateLimit(200, 20, MINUTE));
        limits.read(AccountName.ANONYMOUS, new RateLimit(100, 50, MINUTE));

        assertThat(limits.budget()).isEqualTo(new Budget(0.5, MINUTE));
        assertThat(limits.remaining()).isEqualTo(70);
        assertThat(limits.limit()).isEqualTo(300);
    }

    private Decision enter(AccountName account, RateLimitBucket kind) {
        return limits.tryAcquire(account, kind);
    }

    private Permit admitted(AccountName account, RateLimitBucket kind) {
        Decision entry = enter(account, kind);
        assertThat(entry).isInstanceOf(Permit.class);
        return (Permit) entry;
    }

    private Duration refuse(AccountName account, RateLimitBucket kind, Duration stated) {
        try (Permit permit = admitted(account, kind)) {
            return permit.failed(REFUSED, stated);
        }
    }
}

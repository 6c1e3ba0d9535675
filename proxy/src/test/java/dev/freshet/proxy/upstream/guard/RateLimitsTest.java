package dev.freshet.proxy.upstream.guard;

import dev.freshet.cache.fresh.Budget;
import dev.freshet.proxy.upstream.guard.RateLimits.Entry;
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
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final RateLimits limits = new RateLimits(scheduler::nanoTime, scheduler::random);

    @Test
    void nobodyIsHeldOffAtFirst() {
        assertThat(enter(ALICE, RateLimitBucket.MANIFEST_GETS)).isInstanceOf(Entry.Admitted.class);
        assertThat(limits.heldOff(ALICE, RateLimitBucket.MANIFEST_GETS)).isEmpty();
        assertThat(limits.heldOffSeconds()).isZero();
    }

    @Test
    void afterARefusalThereIsNoTurnUntilTheTimeIsOver() {
        assertThat(refuse(ALICE, RateLimitBucket.BLOBS, MINUTE)).isEqualTo(MINUTE);
        scheduler.advance(MINUTE.minusNanos(1));

        assertThat(enter(ALICE, RateLimitBucket.BLOBS))
                .isEqualTo(new Entry.HeldOff(Duration.ofNanos(1), Refusal.TOO_MANY_REQUESTS));
        scheduler.advance(Duration.ofNanos(1));
        assertThat(limits.heldOff(ALICE, RateLimitBucket.BLOBS)).isEmpty();
        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Entry.Admitted.class);
    }

    @Test
    void anAccountIsHeldOffByItself() {
        refuse(ALICE, RateLimitBucket.MANIFEST_GETS, MINUTE);

        assertThat(limits.heldOff(ALICE, RateLimitBucket.MANIFEST_GETS)).hasValue(MINUTE);
        assertThat(limits.heldOff(AccountName.ANONYMOUS, RateLimitBucket.MANIFEST_GETS)).isEmpty();
        assertThat(enter(AccountName.ANONYMOUS, RateLimitBucket.MANIFEST_GETS)).isInstanceOf(Entry.Admitted.class);
        assertThat(limits.heldOffSeconds()).isEqualTo(60);
    }

    @ParameterizedTest(name = "refused {0}: {1} {2}")
    @CsvSource({"MANIFEST_GETS, MANIFEST_GETS, true", "MANIFEST_GETS, MANIFEST_HEADS, false",
            "MANIFEST_GETS, BLOBS, false", "MANIFEST_HEADS, MANIFEST_HEADS, true",
            "MANIFEST_HEADS, MANIFEST_GETS, true", "MANIFEST_HEADS, BLOBS, false", "BLOBS, BLOBS, true",
            "BLOBS, MANIFEST_HEADS, false", "BLOBS, MANIFEST_GETS, false"})
    void aRefusalIsOfItsKindAndOfWhatCostsMore(RateLimitBucket refused, RateLimitBucket asked, boolean isHeldOff) {
        refuse(ALICE, refused, MINUTE);

        assertThat(enter(ALICE, asked) instanceof Entry.HeldOff).isEqualTo(isHeldOff);
        assertThat(limits.heldOff(ALICE, asked).isPresent()).isEqualTo(isHeldOff);
    }

    @Test
    void oneThatTakesItsTimeToFindOutHoldsUpNoOther() {
        refuse(ALICE, RateLimitBucket.BLOBS, MINUTE);
        scheduler.advance(MINUTE);
        admitted(ALICE, RateLimitBucket.BLOBS);
        scheduler.advance(Duration.ofMillis(6_999));
        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Entry.HeldOff.class);

        scheduler.advance(Duration.ofMillis(1));

        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Entry.Admitted.class);
        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Entry.HeldOff.class);
    }

    @Test
    void whenTheTimeIsOverOneFindsOutForAll() {
        refuse(ALICE, RateLimitBucket.BLOBS, MINUTE);
        scheduler.advance(MINUTE);

        Turn probe = admitted(ALICE, RateLimitBucket.BLOBS);
        Entry meanwhile = enter(ALICE, RateLimitBucket.BLOBS);
        probe.answered();
        probe.close();

        assertThat(meanwhile).isEqualTo(new Entry.HeldOff(HoldOff.SOON, Refusal.TOO_MANY_REQUESTS));
        assertThat(admitted(ALICE, RateLimitBucket.BLOBS)).isNotNull();
        assertThat(admitted(ALICE, RateLimitBucket.BLOBS)).isNotNull();
    }

    @Test
    void ofAThousandAtTheSameMomentOneGetsATurn() throws Exception {
        refuse(ALICE, RateLimitBucket.MANIFEST_GETS, MINUTE);
        refuse(ALICE, RateLimitBucket.MANIFEST_HEADS, MINUTE);
        scheduler.advance(MINUTE);
        CountDownLatch start = new CountDownLatch(1);
        List<Entry> entries = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Entry>> begun = IntStream.range(0, 1_000).mapToObj(i -> threads.submit(() -> {
                start.await();
                return enter(ALICE, RateLimitBucket.MANIFEST_GETS);
            })).toList();
            start.countDown();
            for (Future<Entry> entry : begun) {
                entries.add(entry.get());
            }
        }

        assertThat(entries).hasSize(1_000).filteredOn(Entry.Admitted.class::isInstance).hasSize(1);
    }

    @Test
    void whoFindsOutNothingLeavesItToTheNext() {
        refuse(ALICE, RateLimitBucket.BLOBS, MINUTE);
        scheduler.advance(MINUTE);

        admitted(ALICE, RateLimitBucket.BLOBS).close();

        assertThat(enter(ALICE, RateLimitBucket.BLOBS)).isInstanceOf(Entry.Admitted.class);
    }

    @Test
    void aGetThatIsRefusedLeavesItToTheNextHeadToFindOut() {
        refuse(ALICE, RateLimitBucket.MANIFEST_HEADS, MINUTE);
        scheduler.advance(MINUTE);

        refuse(ALICE, RateLimitBucket.MANIFEST_GETS, MINUTE);

        assertThat(enter(ALICE, RateLimitBucket.MANIFEST_HEADS)).isInstanceOf(Entry.Admitted.class);
        assertThat(enter(ALICE, RateLimitBucket.MANIFEST_GETS)).isInstanceOf(Entry.HeldOff.class);
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

        try (Turn turn = ((Entry.Admitted) byChance.enter(ALICE, RateLimitBucket.BLOBS)).turn()) {
            assertThat(turn.refused(Refusal.TOO_MANY_REQUESTS, Duration.ZERO).toMillis()).isEqualTo(millis);
        }
    }

    @Test
    void ofCallsThatWereOnTheirWayTogetherTheLongestTimeCounts() {
        List<Turn> turns = IntStream.range(0, 4).mapToObj(i -> admitted(ALICE, RateLimitBucket.BLOBS)).toList();

        assertThat(turns.get(0).refused(Refusal.TOO_MANY_REQUESTS, Duration.ZERO)).hasMillis(7_500);
        assertThat(turns.get(1).refused(Refusal.TOO_MANY_REQUESTS, Duration.ZERO)).hasMillis(7_500);
        assertThat(turns.get(2).refused(Refusal.TOO_MANY_REQUESTS, MINUTE)).isEqualTo(MINUTE);
        turns.get(3).answered();

        assertThat(limits.heldOff(ALICE, RateLimitBucket.BLOBS)).hasValue(MINUTE);
    }

    @Test
    void aStragglerDoesNotDisturbWhoFindsOut() {
        Turn straggler = admitted(ALICE, RateLimitBucket.BLOBS);
        refuse(ALICE, RateLimitBucket.BLOBS, MINUTE);
        scheduler.advance(MINUTE);
        Turn probe = admitted(ALICE, RateLimitBucket.BLOBS);

        straggler.refused(Refusal.TOO_MANY_REQUESTS, Duration.ofDays(1));
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

    private Entry enter(AccountName account, RateLimitBucket kind) {
        return limits.enter(account, kind);
    }

    private Turn admitted(AccountName account, RateLimitBucket kind) {
        Entry entry = enter(account, kind);
        assertThat(entry).isInstanceOf(Entry.Admitted.class);
        return ((Entry.Admitted) entry).turn();
    }

    private Duration refuse(AccountName account, RateLimitBucket kind, Duration stated) {
        try (Turn turn = admitted(account, kind)) {
            return turn.refused(Refusal.TOO_MANY_REQUESTS, stated);
        }
    }
}

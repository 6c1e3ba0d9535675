package dev.freshet.proxy.upstream.limit;

import dev.freshet.cache.fresh.Budget;
import dev.freshet.proxy.upstream.limit.RateLimits.Entry;
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

    private static final Account ALICE = new Account("alice");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualScheduler pace = new ManualScheduler();
    private final RateLimits limits = new RateLimits(pace::nanoTime, pace::random);

    @Test
    void nobodyIsHeldOffAtFirst() {
        assertThat(enter(ALICE, Counted.MANIFEST_GETS)).isInstanceOf(Entry.Admitted.class);
        assertThat(limits.heldOff(ALICE, Counted.MANIFEST_GETS)).isEmpty();
        assertThat(limits.heldOffSeconds()).isZero();
    }

    @Test
    void afterARefusalThereIsNoTurnUntilTheTimeIsOver() {
        assertThat(refuse(ALICE, Counted.BLOBS, MINUTE)).isEqualTo(MINUTE);
        pace.advance(MINUTE.minusNanos(1));

        assertThat(enter(ALICE, Counted.BLOBS))
                .isEqualTo(new Entry.HeldOff(Duration.ofNanos(1), Refusal.TOO_MANY_REQUESTS));
        pace.advance(Duration.ofNanos(1));
        assertThat(limits.heldOff(ALICE, Counted.BLOBS)).isEmpty();
        assertThat(enter(ALICE, Counted.BLOBS)).isInstanceOf(Entry.Admitted.class);
    }

    @Test
    void anAccountIsHeldOffByItself() {
        refuse(ALICE, Counted.MANIFEST_GETS, MINUTE);

        assertThat(limits.heldOff(ALICE, Counted.MANIFEST_GETS)).hasValue(MINUTE);
        assertThat(limits.heldOff(Account.ANONYMOUS, Counted.MANIFEST_GETS)).isEmpty();
        assertThat(enter(Account.ANONYMOUS, Counted.MANIFEST_GETS)).isInstanceOf(Entry.Admitted.class);
        assertThat(limits.heldOffSeconds()).isEqualTo(60);
    }

    @ParameterizedTest(name = "refused {0}: {1} {2}")
    @CsvSource({"MANIFEST_GETS, MANIFEST_GETS, true", "MANIFEST_GETS, MANIFEST_HEADS, false",
            "MANIFEST_GETS, BLOBS, false", "MANIFEST_HEADS, MANIFEST_HEADS, true",
            "MANIFEST_HEADS, MANIFEST_GETS, true", "MANIFEST_HEADS, BLOBS, false", "BLOBS, BLOBS, true",
            "BLOBS, MANIFEST_HEADS, false", "BLOBS, MANIFEST_GETS, false"})
    void aRefusalIsOfItsKindAndOfWhatCostsMore(Counted refused, Counted asked, boolean isHeldOff) {
        refuse(ALICE, refused, MINUTE);

        assertThat(enter(ALICE, asked) instanceof Entry.HeldOff).isEqualTo(isHeldOff);
        assertThat(limits.heldOff(ALICE, asked).isPresent()).isEqualTo(isHeldOff);
    }

    @Test
    void oneThatTakesItsTimeToFindOutHoldsUpNoOther() {
        refuse(ALICE, Counted.BLOBS, MINUTE);
        pace.advance(MINUTE);
        admitted(ALICE, Counted.BLOBS);
        pace.advance(Duration.ofMillis(6_999));
        assertThat(enter(ALICE, Counted.BLOBS)).isInstanceOf(Entry.HeldOff.class);

        pace.advance(Duration.ofMillis(1));

        assertThat(enter(ALICE, Counted.BLOBS)).isInstanceOf(Entry.Admitted.class);
        assertThat(enter(ALICE, Counted.BLOBS)).isInstanceOf(Entry.HeldOff.class);
    }

    @Test
    void whenTheTimeIsOverOneFindsOutForAll() {
        refuse(ALICE, Counted.BLOBS, MINUTE);
        pace.advance(MINUTE);

        Turn probe = admitted(ALICE, Counted.BLOBS);
        Entry meanwhile = enter(ALICE, Counted.BLOBS);
        probe.answered();
        probe.close();

        assertThat(meanwhile).isEqualTo(new Entry.HeldOff(HoldOff.SOON, Refusal.TOO_MANY_REQUESTS));
        assertThat(admitted(ALICE, Counted.BLOBS)).isNotNull();
        assertThat(admitted(ALICE, Counted.BLOBS)).isNotNull();
    }

    @Test
    void ofAThousandAtTheSameMomentOneGetsATurn() throws Exception {
        refuse(ALICE, Counted.MANIFEST_GETS, MINUTE);
        refuse(ALICE, Counted.MANIFEST_HEADS, MINUTE);
        pace.advance(MINUTE);
        CountDownLatch start = new CountDownLatch(1);
        List<Entry> entries = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Entry>> begun = IntStream.range(0, 1_000).mapToObj(i -> threads.submit(() -> {
                start.await();
                return enter(ALICE, Counted.MANIFEST_GETS);
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
        refuse(ALICE, Counted.BLOBS, MINUTE);
        pace.advance(MINUTE);

        admitted(ALICE, Counted.BLOBS).close();

        assertThat(enter(ALICE, Counted.BLOBS)).isInstanceOf(Entry.Admitted.class);
    }

    @Test
    void aGetThatIsRefusedLeavesItToTheNextHeadToFindOut() {
        refuse(ALICE, Counted.MANIFEST_HEADS, MINUTE);
        pace.advance(MINUTE);

        refuse(ALICE, Counted.MANIFEST_GETS, MINUTE);

        assertThat(enter(ALICE, Counted.MANIFEST_HEADS)).isInstanceOf(Entry.Admitted.class);
        assertThat(enter(ALICE, Counted.MANIFEST_GETS)).isInstanceOf(Entry.HeldOff.class);
    }

    @Test
    void refusalsWithoutATimeHoldOffLongerEachTimeUpToABound() {
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Duration left = refuse(ALICE, Counted.BLOBS, Duration.ZERO);
            waits.add(left);
            pace.advance(left);
        }

        assertThat(waits).extracting(Duration::toMillis).containsExactly(7_500L, 15_000L, 30_000L, 60_000L, 120_000L,
                240_000L, 450_000L, 450_000L, 450_000L);
    }

    @Test
    void anAnswerLetsTheNextHoldOffBeginShort() {
        pace.advance(refuse(ALICE, Counted.BLOBS, Duration.ZERO));
        pace.advance(refuse(ALICE, Counted.BLOBS, Duration.ZERO));
        admitted(ALICE, Counted.BLOBS).answered();

        assertThat(refuse(ALICE, Counted.BLOBS, Duration.ZERO)).isEqualTo(Duration.ofMillis(7_500));
    }

    @ParameterizedTest(name = "chance {0}: {1} ms")
    @CsvSource({"0.0, 5000", "0.5, 7500", "0.999999, 9999"})
    void halfOfAnUnstatedTimeIsChance(double chance, long millis) {
        RateLimits byChance = new RateLimits(pace::nanoTime, () -> chance);

        try (Turn turn = ((Entry.Admitted) byChance.enter(ALICE, Counted.BLOBS)).turn()) {
            assertThat(turn.refused(Refusal.TOO_MANY_REQUESTS, Duration.ZERO).toMillis()).isEqualTo(millis);
        }
    }

    @Test
    void ofCallsThatWereOnTheirWayTogetherTheLongestTimeCounts() {
        List<Turn> turns = IntStream.range(0, 4).mapToObj(i -> admitted(ALICE, Counted.BLOBS)).toList();

        assertThat(turns.get(0).refused(Refusal.TOO_MANY_REQUESTS, Duration.ZERO)).hasMillis(7_500);
        assertThat(turns.get(1).refused(Refusal.TOO_MANY_REQUESTS, Duration.ZERO)).hasMillis(7_500);
        assertThat(turns.get(2).refused(Refusal.TOO_MANY_REQUESTS, MINUTE)).isEqualTo(MINUTE);
        turns.get(3).answered();

        assertThat(limits.heldOff(ALICE, Counted.BLOBS)).hasValue(MINUTE);
    }

    @Test
    void aStragglerDoesNotDisturbWhoFindsOut() {
        Turn straggler = admitted(ALICE, Counted.BLOBS);
        refuse(ALICE, Counted.BLOBS, MINUTE);
        pace.advance(MINUTE);
        Turn probe = admitted(ALICE, Counted.BLOBS);

        straggler.refused(Refusal.TOO_MANY_REQUESTS, Duration.ofDays(1));
        straggler.close();
        probe.answered();

        assertThat(limits.heldOff(ALICE, Counted.BLOBS)).isEmpty();
    }

    @Test
    void aReadingCountsUntilItsWindowIsOver() {
        limits.read(ALICE, new Reading(100, 25, MINUTE));

        assertThat(limits.remainingShare(ALICE)).hasValue(0.25);
        assertThat(limits.remainingShare(Account.ANONYMOUS)).isEmpty();
        pace.advance(MINUTE.minusNanos(1));
        assertThat(limits.remainingShare(ALICE)).hasValue(0.25);
        assertThat(limits.remaining()).isEqualTo(25);
        pace.advance(Duration.ofNanos(1));
        assertThat(limits.remainingShare(ALICE)).isEmpty();
        assertThat(limits.budget()).isEqualTo(Budget.AMPLE);
        assertThat(limits.remaining()).isNaN();
        assertThat(limits.limit()).isNaN();
    }

    @Test
    void theLastReadingCountsAndThoseOfAllAccountsAreAddedUp() {
        limits.read(ALICE, new Reading(200, 200, MINUTE));
        limits.read(ALICE, new Reading(200, 20, MINUTE));
        limits.read(Account.ANONYMOUS, new Reading(100, 50, MINUTE));

        assertThat(limits.budget()).isEqualTo(new Budget(0.5, MINUTE));
        assertThat(limits.remaining()).isEqualTo(70);
        assertThat(limits.limit()).isEqualTo(300);
    }

    private Entry enter(Account account, Counted kind) {
        return limits.enter(account, kind);
    }

    private Turn admitted(Account account, Counted kind) {
        Entry entry = enter(account, kind);
        assertThat(entry).isInstanceOf(Entry.Admitted.class);
        return ((Entry.Admitted) entry).turn();
    }

    private Duration refuse(Account account, Counted kind, Duration stated) {
        try (Turn turn = admitted(account, kind)) {
            return turn.refused(Refusal.TOO_MANY_REQUESTS, stated);
        }
    }
}

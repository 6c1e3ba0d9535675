package dev.freshet.cache.fill;

import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.ByteRange;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A large blob over several connections at once. */
class ParallelTest extends ByteRangesKit {

    @Test
    void allConnectionsWorkAtOnceAndNothingIsFetchedTwice() throws Exception {
        CyclicBarrier four = new CyclicBarrier(4);
        AtomicInteger opens = new AtomicInteger();
        origin.with((wanted, position) -> {
            boolean isOneOfFour = position < wanted.from() && opens.incrementAndGet() > 1 && opens.get() <= 5;
            if (isOneOfFour) {
                await(four);
            }
        });

        assertThat(readAll()).isEqualTo(CONTENT);

        awaitEnded();
        assertThat(four.isBroken()).isFalse();
        assertThat(origin.mostOpen()).isLessThanOrEqualTo(4);
        assertThat(origin.sent()).isEqualTo(LENGTH);
        assertThat(origin.asked()).hasSize(64);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void aSmallBlobHasOneConnection() throws Exception {
        RangedOrigin small = new RangedOrigin(BlobStoreKit.bytes(3, 3 * TASK_BYTES), 1500);
        byte[] bytes = BlobStoreKit.bytes(3, 3 * TASK_BYTES);

        try (Content content = Reading.content(cache.open(dev.freshet.cache.name.Digest.sha256(bytes),
                OptionalLong.of(3 * TASK_BYTES), small))) {
            assertThat(Reading.toEnd(content)).isEqualTo(bytes);
        }

        awaitEnded();
        assertThat(small.asked()).containsExactly(ByteRange.from(0));
    }

    @Test
    void anOriginThatKnowsNoRangesHasOneConnection() throws Exception {
        origin.ignoringRanges();

        assertThat(readAll()).isEqualTo(CONTENT);

        awaitEnded();
        assertThat(origin.asked()).hasSize(1);
        assertThat(origin.sent()).isEqualTo(LENGTH);
    }

    @Test
    void connectionsThatFailLeaveTheRestToTheOthers() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        origin.with((wanted, position) -> {
            if (isHelper() && position > wanted.from() && failures.incrementAndGet() <= 2) {
                throw new OriginException(FailureReason.UNREACHABLE, "reset", null);
            }
        });

        assertThat(readAll()).isEqualTo(CONTENT);

        awaitEnded();
        assertThat(failures).hasValueGreaterThan(1);
        assertThat(origin.sent()).isEqualTo(LENGTH);
    }

    @Test
    void aConnectionThatIsFarSlowerThanTheOthersIsReplaced() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean isSlow = new AtomicBoolean();
        origin.with((wanted, position) -> {
            nanos.addAndGet(Duration.ofMillis(1).toNanos());
            if (wanted.from() == 3 * TASK_BYTES && position == 3 * TASK_BYTES + 1500
                    && isSlow.compareAndSet(false, true)) {
                nanos.addAndGet(Duration.ofSeconds(5).toNanos());
                never.await();
            }
        });

        try (Content content = whole()) {
            never.countDown();
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        awaitEnded();
        assertThat(origin.sent()).isEqualTo(LENGTH);
    }

    @Test
    void aFirstConnectionThatIsSlowGetsOthersBesideItBeforeItsTaskIsComplete() throws Exception {
        CountDownLatch beside = new CountDownLatch(1);
        origin.with((wanted, position) -> {
            if (isHelper()) {
                beside.countDown();
            } else if (wanted.from() == 0 && position == 0) {
                nanos.addAndGet(Duration.ofSeconds(5).toNanos());
            } else if (wanted.from() == 0 && position == 1500) {
                assertThat(beside.await(60, TimeUnit.SECONDS)).as("another connection").isTrue();
            }
        });

        assertThat(readAll()).isEqualTo(CONTENT);

        awaitEnded();
        assertThat(origin.sent()).isEqualTo(LENGTH);
    }

    @Test
    void readersHaveWhatTheFirstConnectionBringsWhileTheOthersAreAhead() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        origin.with((wanted, position) -> {
            if (position == 2L * TASK_BYTES + 1500) {
                held.await();
            }
        });

        try (Content content = whole()) {
            Reading.awaitReadable(content, 2L * TASK_BYTES);
            assertThat(Reading.available(content, 0).length).isBetween(2 * TASK_BYTES, 2 * TASK_BYTES + 1500);
            held.countDown();
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        awaitEnded();
    }

    @Test
    void aStoreThatFailsLeavesOneConnectionThatPassesThrough() throws Exception {
        store.failAppendsAfter(10 * TASK_BYTES);

        assertThat(readAll()).isEqualTo(CONTENT);

        awaitEnded();
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);
    }

    private byte[] readAll() throws Exception {
        try (Content content = whole()) {
            return Reading.toEnd(content);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

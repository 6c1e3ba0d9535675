package dev.freshet.cache.fill;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Readers of parts of a blob of which the store takes nothing more, and who comes beside them. */
class PassingRangesTest extends ByteRangesKit {

    private static final long FROM = 20L * TASK_BYTES;
    private static final long TO = FROM + 4 * TASK_BYTES;

    private final CountDownLatch helperReads = new CountDownLatch(1);
    private final CountDownLatch helperMayEnd = new CountDownLatch(1);

    @Test
    void whoWantsEverythingAndComesWhileTheyArePassedToMemoryHasItAll() throws Exception {
        store.failAppendsAfter(10 * ALIGNMENT);
        origin.with((wanted, position) -> {
            if (position < wanted.from()) {
                return;
            }
            if (isHelper()) {
                helperReads.countDown();
                awaitUninterruptibly(helperMayEnd);
            } else if (position > FROM) {
                helperReads.await();
            }
        });

        Future<byte[]> part = threads.submit(() -> read(FROM, TO));
        helperReads.await();
        while (origin.openNow() > 0) {
            Thread.onSpinWait();
        }
        try (Content whole = whole()) {
            helperMayEnd.countDown();

            assertThat(Reading.toEnd(whole)).isEqualTo(CONTENT);
            assertThat(part.get()).isEqualTo(content(FROM, TO));
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

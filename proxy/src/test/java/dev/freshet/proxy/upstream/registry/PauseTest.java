package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Pauses between the attempts of a download. */
class PauseTest {

    private static final byte[] BLOB = Bytes.random(2 * Bytes.MIB);

    /** Pauses for as long as it takes to be told otherwise. */
    private static final class Endless implements Scheduler {

        private final CompletableFuture<Duration> begun = new CompletableFuture<>();

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void pause(Duration duration) {
            throw new IllegalStateException("a pause that nothing ends");
        }

        @Override
        public void pause(Duration duration, CompletableFuture<Void> end) throws InterruptedException {
            begun.complete(duration);
            SYSTEM.pause(Duration.ofHours(1), end);
        }

        @Override
        public double random() {
            return 0.5;
        }

        @Override
        public AutoCloseable every(Duration interval, Runnable task) {
            throw new IllegalStateException("nothing is repeated here");
        }
    }

    @Test
    void aPauseEndsWhenTheDownloadIsClosed() throws Exception {
        Endless scheduler = new Endless();
        try (Lab lab = new Lab(scheduler); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            lab.registry().when(On.storage().nth(1), Fault.cutAt(Bytes.MIB));
            lab.registry().when(On.storage().from(2), Fault.status(503));
            Transfer transfer = lab.origin(BLOB).open(ByteRange.from(0));
            Future<Throwable> failure = threads.submit(() -> catchThrowable(() -> Lab.rest(transfer)));
            scheduler.begun.get(60, TimeUnit.SECONDS);

            transfer.close();

            assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(OriginException.class)
                    .hasMessageContaining("the download was closed");
            assertThat(lab.storageGets()).hasSize(2);
        }
    }

    @Test
    void aPauseThatNothingEndsTakesItsTime() throws Exception {
        long began = System.nanoTime();

        Scheduler.SYSTEM.pause(Duration.ofMillis(20), new CompletableFuture<>());

        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
    }
}

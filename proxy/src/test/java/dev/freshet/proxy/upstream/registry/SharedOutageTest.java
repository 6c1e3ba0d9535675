package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.traffic.Endpoint;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Many downloads at once of an upstream that goes away in their middle. */
@Timeout(180)
class SharedOutageTest {

    private static final int DOWNLOADS = 200;
    private static final int LENGTH = 100_000;
    private static final RegistryHost LAB = new RegistryHost("lab");

    private final Sleepers scheduler = new Sleepers();
    private final AtomicInteger asked = new AtomicInteger();

    /** Time that stands still while a thread works, and jumps to the next wake-up when all sleep. */
    private static final class Sleepers implements Scheduler {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final List<Long> wakes = new ArrayList<>();
        private long now;
        private int awake;
        private long eventNanos = Long.MAX_VALUE;
        private Runnable event = () -> {};

        void at(Duration time, Runnable what) {
            lock.lock();
            try {
                eventNanos = time.toNanos();
                event = what;
            } finally {
                lock.unlock();
            }
        }

        void enter() {
            lock.lock();
            try {
                awake++;
            } finally {
                lock.unlock();
            }
        }

        void leave() {
            lock.lock();
            try {
                awake--;
                goOnIfAllSleep();
            } finally {
                lock.unlock();
            }
        }

        private void goOnIfAllSleep() {
            if (awake == 0 && !wakes.isEmpty()) {
                now = wakes.stream().mapToLong(Long::longValue).min().orElseThrow();
                if (now >= eventNanos) {
                    eventNanos = Long.MAX_VALUE;
                    event.run();
                }
                long due = now;
                awake += (int) wakes.stream().filter(wake -> wake <= due).count();
                wakes.removeIf(wake -> wake <= due);
                changed.signalAll();
            }
        }

        @Override
        public long nanoTime() {
            lock.lock();
            try {
                return now;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            lock.lock();
            try {
                long wake = now + duration.toNanos();
                wakes.add(wake);
                awake--;
                goOnIfAllSleep();
                while (now < wake) {
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void pause(Duration duration, CompletableFuture<Void> end) throws InterruptedException {
            pause(duration);
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
    @DisplayName("U-20: two hundred downloads whose bytes are out wait for one probe at a time, and then go on")
    void twoHundredDownloadsSitOutAnOutage() throws Exception {
        try (FakeRegistry registry = new FakeRegistry(RegistrySettings.DEFAULTS.withoutRedirects());
                Registry upstream = new Registry(
                        Upstream.at(LAB, URI.create(registry.url()), List.of(), List.of(), List.of(),
                                Optional.empty()),
                        Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ZERO, event -> {
                            if (event instanceof UpstreamEvent.Unanswered) {
                                asked.incrementAndGet();
                            }
                        },
                        new ManualClock(), scheduler,
                        Runnable::run);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Digest> blobs = new ArrayList<>();
            List<Transfer> halves = new ArrayList<>();
            registry.when(On.every(Endpoint.BLOB).firstTimes(DOWNLOADS), Fault.cutAt(LENGTH / 2));
            for (int i = 0; i < DOWNLOADS; i++) {
                blobs.add(registry.blob("app", Bytes.random(LENGTH)));
                halves.add(upstream.blob(new Repository(LAB, "app"), blobs.get(i)).open(ByteRange.from(0)));
            }
            registry.traffic().awaitIdle();
            registry.stop();
            scheduler.at(Duration.ofSeconds(20), registry::start);

            halves.forEach(any -> scheduler.enter());
            List<Future<Digest>> wholes = halves.stream().map(half -> threads.submit(() -> rest(half)))
                    .toList();

            for (int i = 0; i < DOWNLOADS; i++) {
                assertThat(wholes.get(i).get()).isEqualTo(blobs.get(i));
            }
            assertThat(scheduler.nanoTime()).isBetween(Duration.ofSeconds(20).toNanos(),
                    Duration.ofSeconds(60).toNanos());
            assertThat(asked.get()).isBetween(5, DOWNLOADS + 10);
            assertThat(upstream.health().state()).isEqualTo(Health.State.CLOSED);
        }
    }

    private Digest rest(Transfer transfer) throws Exception {
        try (transfer) {
            ByteBuffer all = ByteBuffer.allocate(LENGTH);
            for (int count = 0; count >= 0;) {
                count = transfer.read(all);
            }
            return Digest.sha256(all.array());
        } finally {
            scheduler.leave();
        }
    }
}

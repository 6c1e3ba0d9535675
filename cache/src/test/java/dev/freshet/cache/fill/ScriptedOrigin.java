package dev.freshet.cache.fill;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An origin that does what a test tells it, step by step, and waits to be told. Bytes are sent as the test says, for any range
 * that was asked for.
 */
final class ScriptedOrigin implements BlobOrigin {

    static final Repository REPOSITORY = new Repository(new RegistryHost("origin.test"), "app");

    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final Semaphore asked = new Semaphore(0);
    private final AtomicInteger opens = new AtomicInteger();
    private final List<Long> froms = new CopyOnWriteArrayList<>();
    private final AtomicInteger openNow = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();

    /** Tells it what to do next. */
    ScriptedOrigin then(Step... next) {
        steps.addAll(List.of(next));
        return this;
    }

    /** A head with a length, all these bytes, and the end. */
    ScriptedOrigin thenAll(byte[] content) {
        return then(head(content.length), new Step.Bytes(content), new Step.End());
    }

    static Step head(long length) {
        return new Step.Head(OptionalLong.of(length));
    }

    static Step headWithoutLength() {
        return new Step.Head(OptionalLong.empty());
    }

    /** Waits until it has been asked so many more times, for its head or for bytes; then all before has been dealt with. */
    void awaitAsked(int times) throws InterruptedException {
        assertThat(asked.tryAcquire(times, 60, TimeUnit.SECONDS)).as("asked %s more times", times).isTrue();
    }

    /** How often it was asked for the blob. */
    int opens() {
        return opens.get();
    }

    /** From which byte on it was asked each time. */
    List<Long> froms() {
        return froms;
    }

    /** Transfers that are open now. */
    int openNow() {
        return openNow.get();
    }

    /** As many transfers were open at once. */
    int mostOpen() {
        return mostOpen.get();
    }

    @Override
    public Repository repository() {
        return REPOSITORY;
    }

    @Override
    public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
        opens.incrementAndGet();
        froms.add(wanted.from());
        return switch (take()) {
            case Step.Head head -> new Script(head.length());
            case Step.Refuse refuse -> throw new OriginException(refuse.failure(), refuse.message(), null);
            case Step.Break broken -> throw broken.failure();
            case Step.Die dead -> throw dead.failure();
            case Step.Bytes bytes -> throw new IllegalStateException("bytes before the head");
            case Step.End end -> throw new IllegalStateException("end before the head");
        };
    }

    @Override
    public String toString() {
        return "GET of a blob from origin.test";
    }

    private Step take() throws InterruptedException {
        asked.release();
        return steps.take();
    }

    private final class Script implements Transfer {

        private final OptionalLong length;
        private ByteBuffer left = ByteBuffer.allocate(0);
        private volatile boolean closed;

        Script(OptionalLong length) {
            this.length = length;
            mostOpen.accumulateAndGet(openNow.incrementAndGet(), Math::max);
        }

        @Override
        public OptionalLong length() {
            return length;
        }

        @Override
        public OptionalLong end() {
            return length;
        }

        @Override
        public boolean isWhole() {
            return false;
        }

        @Override
        public int read(ByteBuffer destination) throws OriginException, InterruptedException {
            if (!left.hasRemaining()) {
                switch (take()) {
                    case Step.Bytes bytes -> left = bytes.bytes().duplicate();
                    case Step.End end -> {
                        return -1;
                    }
                    case Step.Refuse refuse -> throw new OriginException(refuse.failure(), refuse.message(), null);
                    case Step.Break broken -> throw broken.failure();
                    case Step.Die dead -> throw dead.failure();
                    case Step.Head head -> throw new IllegalStateException("a second head");
                }
            }
            int count = Math.min(left.remaining(), destination.remaining());
            destination.put(left.slice().limit(count));
            left.position(left.position() + count);
            return count;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                openNow.decrementAndGet();
            }
        }
    }
}

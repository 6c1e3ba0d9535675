package dev.freshet.cache.fill;

import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An origin that has a blob, sends what is asked for, piece by piece, and counts; tests may hold it up or break it. */
final class RangedOrigin implements BlobOrigin {

    private final byte[] content;
    private final int piece;
    private final List<ByteRange> asked = new CopyOnWriteArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile Hook hook = (wanted, position) -> {};
    private volatile boolean statesLength = true;
    private volatile boolean ignoresRanges;

    /** What a test does before bytes are sent, or, with a position before the wanted ones, before there is an answer. */
    interface Hook {

        void before(ByteRange wanted, long position) throws OriginException, InterruptedException;
    }

    /** @param piece bytes that are sent at a time, at most */
    RangedOrigin(byte[] content, int piece) {
        this.content = content;
        this.piece = piece;
    }

    RangedOrigin with(Hook next) {
        hook = next;
        return this;
    }

    RangedOrigin ignoringRanges() {
        ignoresRanges = true;
        return this;
    }

    RangedOrigin statingNoLength() {
        statesLength = false;
        return this;
    }

    /** What it was asked for, in this order. */
    List<ByteRange> asked() {
        return asked;
    }

    /** Bytes that it has sent. */
    long sent() {
        return sent.get();
    }

    int openNow() {
        return open.get();
    }

    /** As many transfers were open at once. */
    int mostOpen() {
        return mostOpen.get();
    }

    @Override
    public Repository repository() {
        return ScriptedOrigin.REPOSITORY;
    }

    @Override
    public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
        asked.add(wanted);
        hook.before(wanted, wanted.from() - 1);
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        boolean isAll = wanted.from() == 0 && wanted.to() >= content.length;
        boolean isWhole = ignoresRanges || isAll;
        return new Sending(wanted, isWhole);
    }

    @Override
    public String toString() {
        return "GET of a blob from origin.test";
    }

    private final class Sending implements Transfer {

        private final ByteRange wanted;
        private final boolean isWhole;
        private final long end;
        private long position;
        private volatile boolean closed;

        Sending(ByteRange wanted, boolean isWhole) {
            this.wanted = wanted;
            this.isWhole = isWhole;
            this.position = wanted.from();
            this.end = isWhole ? content.length : Math.min(wanted.to(), content.length);
        }

        @Override
        public OptionalLong length() {
            return statesLength ? OptionalLong.of(content.length) : OptionalLong.empty();
        }

        @Override
        public OptionalLong end() {
            return statesLength ? OptionalLong.of(end) : OptionalLong.empty();
        }

        @Override
        public boolean isWhole() {
            return isWhole;
        }

        @Override
        public int read(ByteBuffer destination) throws OriginException, InterruptedException {
            hook.before(wanted, position);
            if (closed) {
                throw new OriginException(FailureReason.UNREACHABLE, "closed", null);
            }
            int count = (int) Math.min(Math.min(end - position, piece), destination.remaining());
            if (count <= 0) {
                return -1;
            }
            destination.put(content, (int) position, count);
            position += count;
            sent.addAndGet(count);
            return count;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }
}

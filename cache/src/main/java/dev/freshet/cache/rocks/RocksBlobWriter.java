package dev.freshet.cache.rocks;

import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.segment.ChunkReader;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.RangeWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A writer of one blob. It collects chunks in memory, where readers find them at once, and hands them over to its
 * {@link SegmentSealer} when those without a gap come to a segment, or earlier when memory is short. Content that is
 * small when it is committed, and of which nothing was handed over, goes through the log instead.
 */
final class RocksBlobWriter implements BlobWriter {

    /** What is left behind is in so many runs at most, as each is a file. */
    private static final int RUNS_KEPT = 256;

    /** Bytes of the disk that keys and records of small content take, about. */
    private static final long SMALL_EXTRA = 256;

    private final RocksBlobStore store;
    private final SegmentWriter segmentWriter;
    private final long number;
    private final long length;
    private final boolean isLengthFixed;
    private final SegmentSealer sealer;
    private final OpenChunks open;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger blocked = new AtomicInteger();
    private volatile ChunkReader.Run run;
    private volatile State state = State.WRITING;
    private volatile boolean discarded;
    private volatile boolean kept;
    private boolean spoilt;

    private enum State {
        /** Takes bytes. */
        WRITING,
        /** Its commit record stands. */
        COMMITTED,
        /** Another writer's commit record stands. */
        SURPLUS
    }

    /**
     * @param sealer of a number that is held by the caller, for this writer
     * @param isLengthFixed whether the content cannot have another length than the sealer expects
     */
    RocksBlobWriter(RocksBlobStore store, SegmentWriter segmentWriter, SegmentSealer sealer, boolean isLengthFixed) {
        this.store = store;
        this.segmentWriter = segmentWriter;
        this.sealer = sealer;
        this.run = sealer.run();
        this.number = run.number();
        this.length = sealer.expected();
        this.isLengthFixed = isLengthFixed;
        this.open = new OpenChunks(sealer, segmentWriter.memory(), segmentWriter.segmentSize());
    }

    @Override
    public int alignment() {
        return run.chunkSize();
    }

    @Override
    public ByteRanges present() {
        return open.present();
    }

    @Override
    public RangeWriter rangeWriter(long from) {
        if (ChunkReader.requirePosition(from) >= 0 && !open.isFreeFrom(from)) {
            throw new IllegalArgumentException(
                    "no range writer can begin at " + from + ": the byte there is present, or it is no"
                            + " multiple of " + alignment());
        }
        return new Appender(from);
    }

    @Override
    public void append(ByteBuffer source) throws StoreException {
        begin("append to ");
        new Appender(length()).append(source);
        spoilt = false;
    }

    /** Takes bytes of the buffer up to the end of a chunk, and says how many. */
    private int write(long position, ByteBuffer source) throws StoreException {
        Supplier<String> attempt = () -> "append to " + run.digest();
        sealer.requireGood(attempt);
        int offset = (int) (position % run.chunkSize());
        int count = Math.min(source.remaining(), run.chunkSize() - offset);
        if (isLengthFixed && count > length - position) {
            throw new IllegalStateException(run.digest() + " ends at " + length);
        }
        OpenChunks.OpenChunk chunk = open.begin(position);
        int written = 0;
        try {
            if (!chunk.hasMemory()) {
                takeMemory(attempt, position / run.chunkSize(), chunk);
            }
            requireOpen("append to ");
            chunk.slot().from(offset).put(source.slice(source.position(), count));
            source.position(source.position() + count);
            written = count;
        } finally {
            open.wrote(position, chunk, written);
        }
        return count;
    }

    private void takeMemory(Supplier<String> attempt, long place, OpenChunks.OpenChunk chunk) throws StoreException {
        sealer.awaitTurn(attempt);
        AtomicBoolean waits = new AtomicBoolean();
        try {
            chunk.lend(segmentWriter.memory().take(attempt, number, place, () -> {
                sealer.requireGood(attempt);
                requireOpen("append to ");
                if (waits.compareAndSet(false, true)) {
                    blocked.incrementAndGet();
                }
                store.relieveMemory();
            }));
        } finally {
            if (waits.get()) {
                blocked.decrementAndGet();
            }
        }
    }

    /** Full chunks that have not been handed over, of a writer that still takes bytes. */
    int fullChunks() {
        return state == State.WRITING && !closed.get() ? open.full() : 0;
    }

    /** Whether it waits for memory itself. */
    boolean isBlocked() {
        return blocked.get() > 0;
    }

    /** Hands over full chunks, unless the writer is doing something with them right now. */
    void tryHandOver() {
        if (fullChunks() > 0) {
            open.tryHandOver();
        }
    }

    @Override
    public void keep() {
        if (state == State.WRITING && !closed.get() && !discarded) {
            kept = true;
            int runs = RUNS_KEPT - sealer.durable().present().runs();
            open.handOverRuns(length, Math.max(0, runs));
        }
    }

    @Override
    public StoredBlob commit() throws StoreException {
        requireWhole();
        begin("commit of ");
        while (true) {
            Optional<StoredBlob> first = store.open(run.digest());
            if (first.isPresent()) {
                state = State.SURPLUS;
                return first.get();
            }
            CommitRecord record = isSmall() ? putSmall() : putLarge();
            store.references().hold(record.number());
            if (store.commit(run.digest(), record)) {
                state = State.COMMITTED;
                return new RocksStoredBlob(store, run.digest(), record);
            }
            store.references().release(record.number());
        }
    }

    private void requireWhole() throws StoreException {
        ByteRanges present = open.present();
        long end = isLengthFixed ? length : present.end();
        if (!present.isAll(end)) {
            throw new StoreException("commit of " + run.digest() + " failed: bytes " + present.gaps(0, end)
                    + " are missing");
        }
    }

    private boolean isSmall() {
        return run.family() == Family.SMALL || (length() <= SegmentWriter.SMALL && open.isAllOf(length()));
    }

    /** Small content takes its number now, so that what a crash leaves of it is among the last numbers given. */
    private CommitRecord putSmall() throws StoreException {
        if (run.family() != Family.SMALL) {
            run = segmentWriter.putSmall(run, open.contents());
        }
        return new CommitRecord(Family.SMALL, run.number(), run.chunkSize(), length(),
                length() + SMALL_EXTRA);
    }

    private CommitRecord putLarge() throws StoreException {
        sealer.beginLast();
        open.handOverAll();
        sealer.await(() -> "commit of " + run.digest());
        return new CommitRecord(Family.SEGMENTS, run.number(), run.chunkSize(), length(),
                sealer.durable().diskBytes());
    }

    /** The call under way takes this back when it succeeds. */
    private void begin(String attempt) throws StoreException {
        requireWriting(attempt, spoilt);
        spoilt = true;
    }

    private void requireWriting(String attempt, boolean failedBefore) throws StoreException {
        requireOpen(attempt);
        if (state != State.WRITING || failedBefore) {
            throw new StoreException(attempt + run.digest() + " failed: "
                    + (state == State.WRITING ? "a call before it failed" : "it was committed before"));
        }
        store.health().requireWritable(() -> attempt + run.digest());
    }

    @Override
    public long length() {
        return open.length();
    }

    @Override
    public int read(long position, ByteBuffer destination) throws StoreException {
        requireOpen("read of ");
        long end = open.endOfRun(ChunkReader.requirePosition(position));
        if (end == position) {
            return -1;
        }
        if (!destination.hasRemaining()) {
            return 0;
        }
        ChunkReader.Run from = run;
        try {
            return store.chunks().read(from, end, position, destination);
        } catch (DamagedBlobException e) {
            requireOpen("read of ");
            if (from.equals(run) && end == open.endOfRun(position)) {
                throw e;
            }
            return store.chunks().read(run, open.endOfRun(position), position, destination);
        }
    }

    private void requireOpen(String attempt) throws StoreException {
        if (closed.get()) {
            throw new StoreException(attempt + run.digest() + " failed: it was closed before");
        }
        store.requireOpen(() -> attempt + run.digest());
    }

    @Override
    public void discard() {
        discarded = true;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            boolean keep = kept && isOfUse();
            if (keep) {
                segmentWriter.partials().expect(run.digest());
            }
            open.end();
            store.forget(this);
            sealer.end(keep, () -> ended(keep));
        }
    }

    private boolean isOfUse() {
        return !discarded && state == State.WRITING && sealer.canBeGoneOnWith();
    }

    private void ended(boolean expected) {
        if (run.family() == Family.SMALL) {
            segmentWriter.releaseSmall(run.number(), state == State.COMMITTED);
        }
        if (state != State.COMMITTED || run.family() == Family.SMALL) {
            segmentWriter.leave(number, sealer.durable(), isOfUse());
        }
        store.references().release(number);
        if (expected) {
            segmentWriter.partials().arrived(run.digest());
        }
    }

    /** A position where bytes are appended. */
    private final class Appender implements RangeWriter {

        private long position;
        private boolean failed;

        Appender(long position) {
            this.position = position;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void append(ByteBuffer source) throws StoreException {
            requireWriting("append to ", failed);
            failed = true;
            while (source.hasRemaining()) {
                position += write(position, source);
            }
            failed = false;
        }
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.memory.Slot;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A writer of chunks. It collects them in memory, where readers find them at once, and hands them over to its {@link
 * Filling} when they come to a segment, or earlier when memory is short. Content that is small when it is committed, and
 * of which nothing was handed over, goes through the log instead.
 */
final class RocksBlobWriter implements BlobWriter {

    private final RocksBlobStore store;
    private final long number;
    private final Filling filling;
    private final OpenChunks open;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Chunks.Run run;
    private volatile long length;
    private volatile State state = State.WRITING;
    private volatile boolean discarded;
    private volatile boolean blocked;
    private boolean spoilt;

    private enum State {
        /** Takes bytes. */
        WRITING,
        /** Its commit record stands. */
        COMMITTED,
        /** Another writer's commit record stands. */
        SURPLUS
    }

    /** @param run held by the caller, for this writer */
    RocksBlobWriter(RocksBlobStore store, Chunks.Run run, Filling filling) {
        this.store = store;
        this.run = run;
        this.number = run.number();
        this.filling = filling;
        this.length = filling.durable().length();
        this.open = new OpenChunks(filling, run.chunkSize(), length / run.chunkSize());
    }

    @Override
    public void append(ByteBuffer source) throws StoreException {
        begin("append to ");
        while (source.hasRemaining()) {
            appendTo(tail(), source);
        }
        spoilt = false;
    }

    /** The slot that the next byte goes to. */
    private Slot tail() throws StoreException {
        Supplier<String> attempt = () -> "append to " + run.digest();
        filling.requireGood(attempt);
        if (length % run.chunkSize() == 0) {
            filling.awaitTurn(attempt);
            Slot fresh = store.memory().take(attempt, number, length / run.chunkSize(), () -> {
                filling.requireGood(attempt);
                blocked = true;
                store.relieveMemory();
            });
            blocked = false;
            open.add(fresh);
            return fresh;
        }
        return open.last();
    }

    private void appendTo(Slot tail, ByteBuffer source) {
        int offset = (int) (length % run.chunkSize());
        int count = Math.min(source.remaining(), run.chunkSize() - offset);
        tail.from(offset).put(source.slice(source.position(), count));
        source.position(source.position() + count);
        long after = length + count;
        length = after;
        if (offset + count == run.chunkSize()) {
            open.lastIsFull(store.segmentSize());
        }
    }

    /** Full chunks that have not been handed over, of a writer that still takes bytes. */
    int fullChunks() {
        return state == State.WRITING && !closed.get() ? open.full() : 0;
    }

    /** Whether it waits for memory itself. */
    boolean isBlocked() {
        return blocked;
    }

    /** Hands over full chunks, unless the writer is doing something with them right now. */
    void tryHandOver() {
        if (fullChunks() > 0) {
            open.tryHandOver();
        }
    }

    @Override
    public StoredBlob commit() throws StoreException {
        begin("commit of ");
        while (true) {
            Optional<StoredBlob> first = store.open(run.digest());
            if (first.isPresent()) {
                state = State.SURPLUS;
                return first.get();
            }
            CommitRecord record = isSmall() ? putSmall() : putLarge();
            store.holds().hold(record.number());
            if (store.commit(run.digest(), record)) {
                state = State.COMMITTED;
                return new RocksStoredBlob(store, run.digest(), record);
            }
            store.holds().release(record.number());
        }
    }

    private boolean isSmall() {
        return run.family() == Family.SMALL || (length <= RocksBlobStore.SMALL && open.isAllOf(length));
    }

    /** Small content takes its number now, so that what a crash leaves of it is among the last numbers given. */
    private CommitRecord putSmall() throws StoreException {
        if (run.family() != Family.SMALL) {
            run = store.putSmall(run, open.contents(length));
        }
        return new CommitRecord(Family.SMALL, run.number(), run.chunkSize(), length,
                length + RocksBlobStore.SMALL_EXTRA);
    }

    private CommitRecord putLarge() throws StoreException {
        open.handOverAll(length);
        filling.await(() -> "commit of " + run.digest());
        return new CommitRecord(Family.SEGMENTS, run.number(), run.chunkSize(), length,
                filling.durable().diskBytes());
    }

    /** The call under way takes this back when it succeeds. */
    private void begin(String attempt) throws StoreException {
        requireOpen(attempt);
        if (state != State.WRITING || spoilt) {
            throw new StoreException(attempt + run.digest() + " failed: "
                    + (state == State.WRITING ? "a call before it failed" : "it was committed before"));
        }
        store.health().requireWritable(() -> attempt + run.digest());
        spoilt = true;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(long position, ByteBuffer destination) throws StoreException {
        requireOpen("read of ");
        if (Chunks.requirePosition(position) >= length) {
            return -1;
        }
        if (!destination.hasRemaining()) {
            return 0;
        }
        Chunks.Run from = run;
        try {
            return store.chunks().read(from, length, position, destination);
        } catch (DamagedBlobException e) {
            requireOpen("read of ");
            if (from.equals(run)) {
                throw e;
            }
            return store.chunks().read(run, length, position, destination);
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
            open.giveBack(store.memory());
            store.forget(this);
            filling.end(this::ended);
        }
    }

    private void ended() {
        if (run.family() == Family.SMALL) {
            store.releaseSmall(run.number(), state == State.COMMITTED);
        }
        if (state != State.COMMITTED || run.family() == Family.SMALL) {
            store.leave(number, filling.durable(),
                    !discarded && state == State.WRITING && filling.canBeGoneOnWith());
        }
        store.holds().release(number);
    }
}

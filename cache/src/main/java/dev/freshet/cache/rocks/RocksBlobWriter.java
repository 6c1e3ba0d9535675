package dev.freshet.cache.rocks;

import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rocksdb.RocksDBException;

/**
 * A writer of chunks. Whole chunks are put into the database as they come; what is over waits in the {@link Tail}.
 *
 * <p>The tail and the commit record are put together, in one batch of the log, so content of less than a chunk is written
 * once and exists at once. Chunks of content that was announced as small go through the log before it, which keeps their
 * order. All other chunks are put without the log, and flushed to synced files before the record is put. So there never
 * is a record without its chunks, neither after a crash nor after a loss of power; the latter may take back the latest
 * commits, as the log is not synced for each.
 */
final class RocksBlobWriter implements BlobWriter {

    private static final long SMALL = 1L << 20;

    private final RocksBlobStore store;
    private final Chunks.Run run;
    private final boolean small;
    private final Tail tail;
    private final AtomicBoolean closed = new AtomicBoolean();
    private State state = State.WRITING;
    private boolean marked;
    private boolean unlogged;

    private enum State {
        /** Takes bytes. */
        WRITING,
        /** Its commit record stands. */
        COMMITTED,
        /** Another writer's commit record stands. */
        SURPLUS,
        /** A call failed, or is under way. */
        SPOILT
    }

    RocksBlobWriter(RocksBlobStore store, Chunks.Run held, OptionalLong expectedLength) {
        this.store = store;
        this.run = held;
        this.small = expectedLength.isPresent() && expectedLength.getAsLong() <= SMALL;
        this.tail = new Tail(store.chunks().pool().take(), held.chunkSize());
        store.openWriters().incrementAndGet();
    }

    @Override
    public void append(ByteBuffer source) throws StoreException {
        startWork("append to ");
        while (source.hasRemaining()) {
            if (tail.isEmpty() && source.isDirect() && source.remaining() >= run.chunkSize()) {
                put(source.slice(source.position(), run.chunkSize()));
                source.position(source.position() + run.chunkSize());
                tail.passed(run.chunkSize());
            } else {
                tail.take(source);
                if (tail.isFull()) {
                    put(tail.content());
                    tail.passed(0);
                }
            }
        }
        state = State.WRITING;
    }

    private void put(ByteBuffer bytes) throws StoreException {
        if (!marked) {
            store.fills().mark(() -> "append to " + run.digest(), run.fill());
            marked = true;
        }
        boolean log = small && tail.stored() < SMALL;
        unlogged |= !log;
        store.chunks().write(run, tail.scratch(), tail.stored() / run.chunkSize(), bytes, log);
    }

    @Override
    public StoredBlob commit() throws StoreException {
        startWork("commit of ");
        CommitRecord record = new CommitRecord(run.fill(), run.chunkSize(), tail.length());
        while (true) {
            Optional<StoredBlob> first = store.open(run.digest());
            if (first.isPresent()) {
                state = State.SURPLUS;
                return first.get();
            }
            if (unlogged) {
                store.database().flushChunks(() -> "commit of " + run.digest());
            }
            if (store.records().put(run.digest(), record, this::putTail)) {
                state = State.COMMITTED;
                tail.passed(0);
                store.fills().hold(run.fill());
                return new RocksStoredBlob(store, run.digest(), record);
            }
        }
    }

    private void putTail(Batch batch) throws RocksDBException {
        if (!tail.isEmpty()) {
            long chunk = tail.stored() / run.chunkSize();
            batch.put(Family.CHUNKS, Keys.chunk(tail.scratch().key, run.fill(), chunk), tail.content());
        }
    }

    /** The call under way sets the state anew when it succeeds. */
    private void startWork(String attempt) throws StoreException {
        requireOpen(attempt);
        if (state != State.WRITING) {
            throw new StoreException(attempt + run.digest() + " failed: "
                    + (state == State.SPOILT ? "a call before it failed" : "it was committed before"));
        }
        state = State.SPOILT;
    }

    @Override
    public long length() {
        return tail.length();
    }

    @Override
    public int read(long position, ByteBuffer destination) throws StoreException {
        requireOpen("read of ");
        if (Chunks.requirePosition(position) >= tail.length()) {
            return -1;
        }
        if (!destination.hasRemaining()) {
            return 0;
        }
        if (position >= tail.stored()) {
            int copied = tail.read(position, destination);
            if (copied > 0) {
                return copied;
            }
            requireOpen("read of ");
        }
        try {
            return store.chunks().read(run, tail.stored(), position, destination);
        } catch (DamagedBlobException e) {
            requireOpen("read of ");
            throw e;
        }
    }

    private void requireOpen(String attempt) throws StoreException {
        if (closed.get()) {
            throw new StoreException(attempt + run.digest() + " failed: it was closed before");
        }
        store.database().requireOpen(() -> attempt + run.digest());
    }

    @Override
    public void discard() {}

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            tail.release();
            if (marked && state != State.COMMITTED) {
                store.fills().doom(run.fill());
            }
            store.fills().release(run.fill());
            store.openWriters().decrementAndGet();
        }
    }
}

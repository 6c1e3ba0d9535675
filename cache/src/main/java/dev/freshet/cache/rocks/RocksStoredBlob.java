package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.segment.ChunkReader;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A reader of committed chunks. It takes no memory of its own and holds its number, which the caller did for it. */
final class RocksStoredBlob implements StoredBlob {

    private final RocksBlobStore store;
    private final ChunkReader.Run run;
    private final long length;
    private final AtomicBoolean closed = new AtomicBoolean();

    RocksStoredBlob(RocksBlobStore store, Digest digest, CommitRecord held) {
        this.store = store;
        this.run = new ChunkReader.Run(digest, held.family(), held.number(), held.chunkSize());
        this.length = held.length();
        store.openBlobs().incrementAndGet();
    }

    @Override
    public Digest digest() {
        return run.digest();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(long position, ByteBuffer destination) throws StoreException {
        requireOpen();
        if (ChunkReader.requirePosition(position) >= length) {
            return -1;
        }
        if (!destination.hasRemaining()) {
            return 0;
        }
        try {
            return store.chunks().read(run, length, position, destination);
        } catch (DamagedBlobException e) {
            requireOpen();
            throw e;
        }
    }

    @Override
    public void drop() throws StoreException {
        store.remove(run.digest(), run.number());
    }

    private void requireOpen() throws StoreException {
        if (closed.get()) {
            throw new StoreException("read of " + run.digest() + " failed: it was closed before");
        }
        store.requireOpen(() -> "read of " + run.digest());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            store.references().release(run.number());
            store.openBlobs().decrementAndGet();
        }
    }
}

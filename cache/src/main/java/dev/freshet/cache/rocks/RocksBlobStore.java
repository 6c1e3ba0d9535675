package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.cache.store.StoreUsage;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Blobs as chunks and commit records; {@link RocksStorage} closes the database under it. */
final class RocksBlobStore implements BlobStore {

    private final Database database;
    private final CommitRecords records;
    private final Fills fills;
    private final Chunks chunks;
    private final int chunkSize;
    private final Runnable closing;
    private final AtomicInteger openBlobs = new AtomicInteger();
    private final AtomicInteger openWriters = new AtomicInteger();

    RocksBlobStore(Database database, int chunkSize, Runnable closing) throws StoreException {
        this.database = database;
        this.chunkSize = chunkSize;
        this.closing = closing;
        this.chunks = new Chunks(database);
        this.fills = new Fills(database);
        this.records = new CommitRecords(database);
    }

    /**
     * The record is read once more after its fill is held: if it is still there, a removal from now on sees the hold; if
     * not, the chunks may be gone.
     */
    @Override
    public Optional<StoredBlob> open(Digest digest) throws StoreException {
        CommitRecord found = records.find(digest);
        while (found != null) {
            fills.hold(found.fill());
            CommitRecord confirmed = null;
            try {
                confirmed = records.find(digest);
            } finally {
                if (!found.equals(confirmed)) {
                    fills.release(found.fill());
                }
            }
            if (found.equals(confirmed)) {
                return Optional.of(new RocksStoredBlob(this, digest, found));
            }
            found = confirmed;
        }
        return Optional.empty();
    }

    @Override
    public BlobWriter begin(Digest digest, OptionalLong expectedLength) throws StoreException {
        database.requireOpen(() -> "begin of " + digest);
        return new RocksBlobWriter(this, new Chunks.Run(digest, fills.begin(), chunkSize), expectedLength);
    }

    @Override
    public void remove(Digest digest) throws StoreException {
        CommitRecord removed = records.remove(digest);
        if (removed != null) {
            fills.doom(removed.fill());
        }
    }

    @Override
    public Set<Digest> touch(Set<Digest> digests) throws StoreException {
        Set<Digest> missing = new HashSet<>();
        for (Digest digest : digests) {
            if (records.find(digest) == null) {
                missing.add(digest);
            }
        }
        return missing;
    }

    @Override
    public void forEach(Consumer<Digest> visitor) throws StoreException {
        database.scan(() -> "list of blobs", Family.BLOBS,
                (key, value) -> visitor.accept(Keys.digest(ByteBuffer.wrap(key))));
    }

    @Override
    public StoreSpace space() {
        return new StoreSpace(records.usage().bytes(), Long.MAX_VALUE, true);
    }

    @Override
    public StoreUsage usage() throws StoreException {
        database.requireOpen(() -> "look-up of usage");
        return records.usage();
    }

    @Override
    public void close() {
        closing.run();
    }

    Database database() {
        return database;
    }

    CommitRecords records() {
        return records;
    }

    Fills fills() {
        return fills;
    }

    Chunks chunks() {
        return chunks;
    }

    AtomicInteger openBlobs() {
        return openBlobs;
    }

    AtomicInteger openWriters() {
        return openWriters;
    }
}

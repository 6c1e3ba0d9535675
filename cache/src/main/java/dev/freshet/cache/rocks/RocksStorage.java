package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreListener;
import java.nio.file.Path;

/**
 * Blobs and facts in one RocksDB directory, and the one owner of every native handle. Closing it, or the blob store from
 * it, waits for calls under way and closes the handles in reverse; every later call fails with {@link StoreException}.
 */
public final class RocksStorage implements AutoCloseable {

    /** Readers send 64 to 128 KiB at a time: a chunk goes to them whole, without being read twice. */
    static final int CHUNK_SIZE = 64 << 10;

    private final Path directory;
    private final Database database;
    private final RocksBlobStore blobs;
    private final RocksCatalog catalog;

    private RocksStorage(Path directory, Database database, int chunkSize) throws StoreException {
        this.directory = directory;
        this.database = database;
        this.blobs = new RocksBlobStore(database, chunkSize, this::close);
        this.catalog = new RocksCatalog(database);
    }

    /**
     * Opens the store of a directory, makes it when there is none, and sweeps away what was never committed.
     *
     * @param memoryBytes bound of the native memory for unwritten and cached data, at least 16 MiB
     * @throws StoreException if another process uses the directory, another version wrote it, or it cannot be used
     */
    public static RocksStorage open(Path directory, long memoryBytes) throws StoreException {
        return open(directory, memoryBytes, CHUNK_SIZE);
    }

    /** Opens a store with a limit. */
    public static RocksStorage open(StorageOptions options, StoreListener listener) throws StoreException {
        return open(options.directory(), options.memoryBytes());
    }

    static RocksStorage open(Path directory, long memoryBytes, int chunkSize) throws StoreException {
        Database database = Database.open(directory, memoryBytes);
        try {
            return new RocksStorage(directory, database, chunkSize);
        } catch (StoreException e) {
            database.close();
            throw new StoreException("open of store " + directory + " failed: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    public BlobStore blobs() {
        return blobs;
    }

    public Catalog catalog() {
        return catalog;
    }

    /** How many blobs are open now. */
    public int openBlobs() {
        return blobs.openBlobs().get();
    }

    /** How many writers are open now. */
    public int openWriters() {
        return blobs.openWriters().get();
    }

    Database database() {
        return database;
    }

    /** One line for people: where it is, what it holds, and what it takes of memory and disk. */
    public String describe() throws StoreException {
        return directory + ": " + blobs.usage().objects() + " blobs of " + blobs.usage().bytes() + " bytes; "
                + database.property(Family.CHUNKS, "rocksdb.live-sst-files-size") + " bytes in chunk files, "
                + database.property(Family.CHUNKS, "rocksdb.cur-size-all-mem-tables") + " bytes of chunks in memory, "
                + database.property(Family.CHUNKS, "rocksdb.block-cache-usage") + " bytes charged to memory in all";
    }

    @Override
    public void close() {
        database.close();
    }
}

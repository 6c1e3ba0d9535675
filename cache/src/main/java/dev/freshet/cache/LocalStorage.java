package dev.freshet.cache;

import dev.freshet.cache.rocks.RocksStorage;
import dev.freshet.cache.storage.Storage;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreException;
import java.util.function.Consumer;

/** The storage on the local disk: the one place that names what it is made of. */
public final class LocalStorage {

    private LocalStorage() {}

    /**
     * Opens the storage of a directory and makes it when there is none.
     *
     * @throws StoreException if another process uses the directory, a newer version wrote it, or it cannot be used
     */
    public static Storage open(StorageOptions options, Consumer<Event> listener) throws StoreException {
        return RocksStorage.open(options, listener);
    }

    /**
     * Opens the storage of a directory read-only: nothing is changed, and damage stays as it is.
     *
     * @throws StoreException also if there is none, or if it is damaged so that it has to be repaired first
     */
    public static Storage openForReading(StorageOptions options, Consumer<Event> listener) throws StoreException {
        return RocksStorage.openForReading(options, listener);
    }

    /** Opens the storage of a directory after all of it but the bytes of large blobs was read, and drops damage. */
    public static Storage openForRepair(StorageOptions options, Consumer<Event> listener) throws StoreException {
        return RocksStorage.openForRepair(options, listener);
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Opens stores as tests need them, and looks into them. */
final class Stores {

    static final long MEMORY = 64L << 20;
    static final long PLENTY = 8L << 40;

    /** Segments of four chunks, so that little content makes many. */
    static final RocksStorage.Geometry FINE = new RocksStorage.Geometry(64 << 10, 256 << 10);

    private Stores() {}

    /** A store that tidies up only when told to. */
    static RocksStorage open(Path directory) throws StoreException {
        return open(directory, new RecordingStoreListener());
    }

    static RocksStorage open(Path directory, Consumer<Event> listener) throws StoreException {
        return open(directory, PLENTY, listener, RocksStorage.Geometry.STANDARD);
    }

    /** A store with segments of a MiB and a limit. */
    static RocksStorage open(Path directory, long maxBytes, Consumer<Event> listener) throws StoreException {
        return open(directory, maxBytes, listener, new RocksStorage.Geometry(64 << 10, 1 << 20));
    }

    /** A store with fine segments and a limit. */
    static RocksStorage openFine(Path directory, long maxBytes, Consumer<Event> listener)
            throws StoreException {
        return open(directory, maxBytes, listener, FINE);
    }

    static RocksStorage open(Path directory, long maxBytes, Consumer<Event> listener, RocksStorage.Geometry geometry)
            throws StoreException {
        return NothingLeaks
                .watch(RocksStorage.open(new StorageOptions(directory, MEMORY, maxBytes), listener, geometry));
    }

    /** The numbers that have chunks on disk when all is done that was put off, or a note of why they may. */
    static Set<Long> numbers(RocksStorage storage) throws Exception {
        settle(storage);
        Set<Long> numbers = new HashSet<>(storage.segments.diskBytes().keySet());
        numbers.addAll(storage.bulk.numbers(() -> "test", Family.SMALL, 0));
        numbers.addAll(storage.index.numbers(() -> "test", Family.LOOSE, 0));
        return numbers;
    }

    /** Waits until all that writers and readers have left is where it belongs, when all of them are closed. */
    static void awaitRest(RocksStorage storage) {
        while (!storage.references.numbers().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    /** Bytes of all files under a directory. */
    static long diskUse(Path directory) throws Exception {
        long sum = Directories.diskBytes(directory);
        for (String part : new String[]{"index", "bulk", "segments", "staging"}) {
            sum += Directories.diskBytes(directory.resolve(part));
        }
        return sum;
    }

    /** Lets everything be done that was put off. */
    static void settle(RocksStorage storage) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        storage.scan.awaitSwept();
        storage.threads.housekeeping().execute(() -> {
            storage.housekeeping.tidy();
            done.countDown();
        });
        done.await();
    }
}

package dev.freshet.proxy;

import dev.freshet.cache.store.StoreSpace;
import dev.freshet.config.unit.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether the disk has room for all that the store may take.
 *
 * @param store what is taken already, and the limit
 * @param free bytes of the disk that the process may still take
 */
record DiskRoom(StoreSpace store, long free) {

    /**
     * Looks at the disk that a directory is on.
     *
     * @throws IOException if the disk does not say
     */
    static DiskRoom of(Path directory, StoreSpace store) throws IOException {
        return new DiskRoom(store, Files.getFileStore(directory).getUsableSpace());
    }

    /** What to tell the operator; empty when there is room enough. */
    Optional<String> warning(Path directory) {
        long room = free > Long.MAX_VALUE - store.used() ? Long.MAX_VALUE : free + store.used();
        if (store.limit() <= room) {
            return Optional.empty();
        }
        return Optional.of("cache.max-size is " + rounded(store.limit()) + ", and the disk of " + directory
                + " has room for " + rounded(room) + " only, of which " + rounded(store.used())
                + " are in use: it will be full before the limit is reached; lower cache.max-size, or make room");
    }

    private static String rounded(long bytes) {
        return new DataSize(bytes).rounded();
    }
}

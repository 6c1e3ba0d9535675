package dev.freshet.proxy;

import dev.freshet.config.unit.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The space of the disk, compared with the limit of the cache.
 *
 * @param limit maximum size of the cache in bytes
 * @param used bytes that the cache uses now
 * @param free bytes of the disk that are available to the process
 */
record DiskRoom(long limit, long used, long free) {

    /**
     * The space of the disk of a directory.
     *
     * @throws IOException if the file system does not tell its free space
     */
    static DiskRoom of(Path directory, long limit, long used) throws IOException {
        return new DiskRoom(limit, used, Files.getFileStore(directory).getUsableSpace());
    }

    /** A warning for the operator; empty if the disk has enough space. */
    Optional<String> warning(Path directory) {
        long room = free > Long.MAX_VALUE - used ? Long.MAX_VALUE : free + used;
        if (limit <= room) {
            return Optional.empty();
        }
        return Optional.of("cache.max-size is " + rounded(limit) + ", but the disk of " + directory
                + " has space for only " + rounded(room) + " (" + rounded(used)
                + " in use): it will be full before the cache"
                + " reaches its limit; lower cache.max-size, or free disk space");
    }

    private static String rounded(long bytes) {
        return new DataSize(bytes).rounded();
    }
}

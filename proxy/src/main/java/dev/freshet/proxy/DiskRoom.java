package dev.freshet.proxy;

import dev.freshet.config.unit.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether the disk has room for all that the store may take.
 *
 * @param limit bytes that the store may take
 * @param used bytes that it takes already
 * @param free bytes of the disk that the process may still take
 */
record DiskRoom(long limit, long used, long free) {

    /**
     * Looks at the disk that a directory is on.
     *
     * @throws IOException if the disk does not say
     */
    static DiskRoom of(Path directory, long limit, long used) throws IOException {
        return new DiskRoom(limit, used, Files.getFileStore(directory).getUsableSpace());
    }

    /** What to tell the operator; empty when there is room enough. */
    Optional<String> warning(Path directory) {
        long room = free > Long.MAX_VALUE - used ? Long.MAX_VALUE : free + used;
        if (limit <= room) {
            return Optional.empty();
        }
        return Optional.of("cache.max-size is " + rounded(limit) + ", and the disk of " + directory
                + " has room for " + rounded(room) + " only, of which " + rounded(used)
                + " are in use: it will be full before the limit is reached; lower cache.max-size, or make room");
    }

    private static String rounded(long bytes) {
        return new DataSize(bytes).rounded();
    }
}

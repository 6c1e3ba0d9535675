package dev.freshet.cache.storage;

import java.nio.file.Path;

/**
 * The resources of a storage on a local disk.
 *
 * @param directory where it keeps everything
 * @param memoryBytes limit of its native memory
 * @param maxBytes limit of its disk space
 */
public record StorageOptions(Path directory, long memoryBytes, long maxBytes) {}

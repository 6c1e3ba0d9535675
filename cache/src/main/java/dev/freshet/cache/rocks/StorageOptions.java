package dev.freshet.cache.rocks;

import java.nio.file.Path;

/**
 * What a storage is given.
 *
 * @param directory where it keeps everything
 * @param memoryBytes bound of its native memory
 * @param maxBytes bound of what it takes of the disk
 */
public record StorageOptions(Path directory, long memoryBytes, long maxBytes) {}

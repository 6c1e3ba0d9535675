package dev.freshet.config;

import dev.freshet.config.unit.DataSize;

/**
 * What is kept, and where.
 *
 * @param maxSize bound of everything on disk
 * @param memory the off-heap budget
 */
public record CacheConfig(
        @Option(doc = "What everything stored may take of the disk; what is wanted least goes when more is needed.", defaultValue = "50GiB", min = "64MiB") DataSize maxSize,
        @Option(doc = "Off-heap memory for chunks in flight and hot chunks, besides the Java heap.", defaultValue = "256MiB", min = "64MiB") DataSize memory) {}

package dev.freshet.config;

import dev.freshet.config.unit.DataSize;

/**
 * The limits of the cache.
 *
 * @param maxSize limit of all files together
 * @param memory off-heap budget
 */
public record CacheConfig(
        @Option(doc = "Maximum disk space of the cache. The least used content is evicted when it is reached.", defaultValue = "50GiB", min = "64MiB") DataSize maxSize,
        @Option(doc = "Off-heap memory for chunks of running fills and hot chunks, in addition to the Java heap.", defaultValue = "256MiB", min = "64MiB") DataSize memory) {}

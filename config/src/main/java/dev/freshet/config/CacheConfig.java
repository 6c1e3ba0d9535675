package dev.freshet.config;

import dev.freshet.config.unit.DataSize;

/**
 * What is kept, and where.
 *
 * @param memory the off-heap budget
 */
public record CacheConfig(
        @Option(doc = "Off-heap memory for chunks in flight and hot chunks, besides the Java heap.", defaultValue = "256MiB", min = "64MiB") DataSize memory) {}

package dev.freshet.cache.evict;

/**
 * A fill's place in a saved eviction order.
 *
 * @param fill its number
 * @param bytes what it weighs
 * @param uses 1 when it is new, or has sunk as low as if it were; 2 to 4 for each time it was used since and stayed up
 */
public record Ranked(long fill, long bytes, int uses) {}

package dev.freshet.cache.store;

/**
 * How much a store holds.
 *
 * @param objects committed blobs
 * @param bytes the sum of their lengths
 */
public record StoreUsage(long objects, long bytes) {}

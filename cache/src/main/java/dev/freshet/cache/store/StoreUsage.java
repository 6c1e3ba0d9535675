package dev.freshet.cache.store;

/**
 * The content of a store, counted.
 *
 * @param objects committed blobs
 * @param bytes the sum of their lengths
 */
public record StoreUsage(long objects, long bytes) {}

package dev.freshet.cache.store;

/**
 * The disk space of a store.
 *
 * @param used bytes of all its files, and of those it has promised to writers
 * @param limit bytes it may take
 * @param writable whether it takes content now; if not, what is stored can still be read
 */
public record StoreSpace(long used, long limit, boolean writable) {}

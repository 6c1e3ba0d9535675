/** Fills under every ending and interleaving, over the in-memory store; tests hand the origin each of its answers. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.fill;

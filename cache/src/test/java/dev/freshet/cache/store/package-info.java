/** The contract of the blob store, for every implementation to run, and the implementation for other tests. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.store;

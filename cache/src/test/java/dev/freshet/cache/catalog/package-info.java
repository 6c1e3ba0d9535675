/** The contract of the catalog, for every implementation to run, and the implementation for other tests. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.catalog;

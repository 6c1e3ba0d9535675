/** Freshness: whether what is known may still be said, as a pure function. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.fresh;

/** Freshness as a table. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.fresh;

/** What stays and what goes, over restarts and under many threads. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.evict;

/**
 * Staying under the quota: {@link dev.freshet.cache.evict.DiskQuota} counts what is taken of the disk, and
 * {@link dev.freshet.cache.evict.Retention} says what should go first.
 *
 * <p>The order in which fills go has four ranks, like a segmented LRU. A fill comes in as the warmest of the lowest rank,
 * and a use lifts it to the next, where it is the warmest again. The upper ranks have room for three quarters of the
 * capacity: what is used again stays there, and what is used once passes through the lowest rank, however much of it there
 * is. What is not used any more sinks as others are lifted. The ranks are no more than marks in one order, so saving it is
 * saving all there is to know; {@code docs/decisions/0012} says why it is not W-TinyLFU.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.evict;

/**
 * Staying under the quota: {@link dev.freshet.cache.evict.DiskQuota} accounts for the disk, and {@link
 * dev.freshet.cache.evict.EvictionPolicy} says which fills go first. {@link dev.freshet.cache.evict.SegmentedLru} is the one
 * that the store uses; {@code docs/decisions/0012} compares it with others, which {@code bench/eviction} replays. Another
 * policy is one class here and one line where the store makes its policies.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.evict;

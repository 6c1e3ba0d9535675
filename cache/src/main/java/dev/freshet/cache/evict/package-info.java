/**
 * Staying under the quota: {@link dev.freshet.cache.evict.Retention} ranks what is kept and says what should go first.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.evict;

/**
 * How much a registry may still be asked, as far as it says, and when it wants not to be asked at all.
 *
 * <p>One {@link dev.freshet.proxy.upstream.limit.RateLimits} belongs to each upstream. A call takes a {@link
 * dev.freshet.proxy.upstream.limit.Turn} before it leaves, for its {@link dev.freshet.proxy.upstream.limit.AccountName} and for
 * what it counts as ({@link dev.freshet.proxy.upstream.limit.RateLimitBucket}), and tells it how it was answered. After a refusal
 * there is no turn until the time that the registry has named ({@link dev.freshet.proxy.upstream.limit.RetryAfter}); then
 * one caller gets the first, and the others when that one was not refused. What answers say of the budget that is left
 * ({@link dev.freshet.proxy.upstream.limit.RateLimit}) is kept for each account until its window is over.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.limit;

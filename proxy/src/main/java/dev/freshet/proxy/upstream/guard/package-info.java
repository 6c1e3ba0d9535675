/**
 * Decisions whether a request to an upstream may be made now. Nothing in here makes a request.
 *
 * <p>{@link dev.freshet.proxy.upstream.guard.CircuitBreaker} stands before every request to the registry itself: when these fail in
 * a row, it opens, requests fail at once, and one at a time is let through as a probe, after a wait that grows. {@link
 * dev.freshet.proxy.upstream.guard.RateLimits} keeps calls back for as long as a registry asks for ({@link
 * dev.freshet.proxy.upstream.guard.RetryAfter}), by account and by what the registry counts ({@link
 * dev.freshet.proxy.upstream.guard.RateLimits.RateLimitBucket}). {@link dev.freshet.proxy.upstream.guard.RetryBudget} bounds the tries
 * of one download, {@link dev.freshet.proxy.upstream.guard.RetryShare} those of all that its callers make together.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.guard;

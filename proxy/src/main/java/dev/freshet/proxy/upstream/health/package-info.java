/**
 * Whether one upstream works, as far as can be told from what has come of asking it, and what follows from that. {@link
 * dev.freshet.proxy.upstream.health.Circuit} stands before every request to the registry itself: when these fail in a row,
 * it opens, requests fail at once, and one at a time is let through as a probe, after a wait that grows. {@link
 * dev.freshet.proxy.upstream.health.RetryShare} keeps the repeated requests of many callers from becoming a multiple of the
 * first ones. Nothing in here makes a request.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.health;

/**
 * The way of one request to a registry. {@link dev.freshet.proxy.upstream.call.RegistryClient} makes what all requests to one
 * registry share; {@link dev.freshet.proxy.upstream.call.RegistryCalls} lists the steps of one: follow
 * redirects, choose the server, check its circuit breaker, try its accounts, keep their rate limits, authorize, transmit. {@link
 * dev.freshet.proxy.upstream.call.ResponseClassifier} turns the answer into a failure where it is one; {@link
 * dev.freshet.proxy.upstream.call.RetriedCalls} repeats calls for small answers, {@link
 * dev.freshet.proxy.upstream.call.Hedges} makes further ones beside those that are silent for long.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.call;

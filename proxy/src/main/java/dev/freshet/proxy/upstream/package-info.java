/**
 * The vocabulary of registries and their storage: an upstream's configuration, its failures, its events, and time as a
 * parameter. The sub-packages, from the client's side to the socket's:
 *
 * <ul>
 * <li>{@code registry}: one registry as the rest of Freshet uses it, with its negative cache and its trust in HEAD
 * <li>{@code document}: manifests, tag lists and referrers
 * <li>{@code blob}: one unbroken transfer of a blob, over as many connections and signed URLs as it takes
 * <li>{@code foreign}: blobs that manifests list with URLs
 * <li>{@code call}: the way of one request
 * <li>{@code auth}: accounts, credentials and tokens
 * <li>{@code guard}: whether a request may be made now: circuit breakers, rate limits, retry budgets
 * <li>{@code redirect}: where a redirect may lead
 * <li>{@code socket}: HTTP clients and their connections
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream;

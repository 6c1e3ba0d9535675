/**
 * The way from a route to an answer. {@link dev.freshet.proxy.serve.RegistryService} is the entry. A blob request is a line:
 * <em>may this repository have it</em>, <em>open</em>, <em>answer</em>. All services block, and know no HTTP server.
 *
 * <p>Rooms: {@code document} serves manifests and lists; {@code prefetch} fetches images ahead of their clients; both, and
 * the service for blobs, ask {@code repository} what Freshet knows of repositories.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.serve;

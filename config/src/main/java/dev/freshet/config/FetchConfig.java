package dev.freshet.config;

import java.time.Duration;

/**
 * How content is fetched.
 *
 * @param stallTimeout more than zero
 * @param manifestTimeout more than zero
 * @param fillTimeout more than zero
 * @param connectionsPerBlob 1 or more
 * @param maxFills 1 or more
 * @param prefetch what is fetched before it is asked for
 */
public record FetchConfig(
        @Option(doc = "After so long without a byte from the upstream, retries included, the client is cut off; also how long the first byte may take.", defaultValue = "60s", min = "1s", max = "1h") Duration stallTimeout,
        @Option(doc = "How long an upstream may take for a manifest, or for a page of a list, retries included. A stale one is served sooner, where there is one.", defaultValue = "30s", min = "1s", max = "10m") Duration manifestTimeout,
        @Option(doc = "After so long the fetch of one blob ends, however it goes on; what has come is kept for the next request.", defaultValue = "24h", min = "1m", max = "30d") Duration fillTimeout,
        @Option(doc = "How many connections may fetch one large blob at once; where the upstream cannot send ranges, it is one.", defaultValue = "4", min = "1", max = "64") int connectionsPerBlob,
        @Option(doc = "How many blobs are fetched from upstreams at once.", defaultValue = "64", min = "1", max = "4096") int maxFills,
        @Option(doc = "`layers`: when a client asks for a manifest, the layers of its image are fetched in the background.", defaultValue = "none") Prefetch prefetch) {}

package dev.freshet.config;

import java.time.Duration;

/**
 * The options of transfers from upstreams.
 *
 * @param stallTimeout more than zero
 * @param manifestTimeout more than zero
 * @param fillTimeout more than zero
 * @param connectionsPerBlob 1 or more
 * @param maxFills 1 or more
 * @param prefetch content that is fetched before a client asks for it
 */
public record FetchConfig(
        @Option(doc = "Longest time without a byte from the upstream, retries included; also the limit for the first byte. Then Freshet cuts the client off.", defaultValue = "60s", min = "1s", max = "1h") Duration stallTimeout,
        @Option(doc = "Longest time for a manifest or a page of a list, retries included. Freshet serves a stale copy sooner, if the cache has one.", defaultValue = "30s", min = "1s", max = "10m") Duration manifestTimeout,
        @Option(doc = "Longest time for one fill. The next request continues from the stored bytes.", defaultValue = "24h", min = "1m", max = "30d") Duration fillTimeout,
        @Option(doc = "Maximum number of connections for one large blob. Freshet uses one if the upstream does not support ranges.", defaultValue = "4", min = "1", max = "64") int connectionsPerBlob,
        @Option(doc = "Maximum number of fills at the same time.", defaultValue = "64", min = "1", max = "4096") int maxFills,
        @Option(doc = "`layers`: a request for a manifest starts fills of the layers of its image in the background.", defaultValue = "none") Prefetch prefetch) {}

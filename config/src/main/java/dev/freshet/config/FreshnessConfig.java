package dev.freshet.config;

import java.time.Duration;

/**
 * When upstreams are asked again.
 *
 * @param tagTtl zero asks every time
 * @param staleIfError zero never serves stale content
 */
public record FreshnessConfig(
        @Option(doc = "How long a tag is served without asking its upstream; then a HEAD. 0s asks every time.", defaultValue = "1m", min = "0s", max = "3650d") Duration tagTtl,
        @Option(doc = "How long past that a tag is still served while its upstream fails. 0s never does.", defaultValue = "30d", min = "0s", max = "3650d") Duration staleIfError) {}

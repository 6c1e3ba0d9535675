package dev.freshet.config;

import dev.freshet.config.unit.Percentage;
import dev.freshet.config.unit.TagPattern;
import java.time.Duration;
import java.util.List;

/**
 * When upstreams are asked again.
 *
 * @param tagTtl zero asks every time
 * @param staleIfError zero never serves stale content
 * @param linkTtl zero asks every time
 * @param negativeTtl zero asks every time
 * @param immutableTags each matches whole tags
 * @param ratelimitReserve of what the registry says its limit is
 */
public record FreshnessConfig(
        @Option(doc = "How long a tag is served without asking its upstream; then a HEAD. 0s asks every time.", defaultValue = "1m", min = "0s", max = "3650d") Duration tagTtl,
        @Option(doc = "How long past that a tag, or that there is none, is still served while its upstream fails. 0s never does.", defaultValue = "30d", min = "0s", max = "3650d") Duration staleIfError,
        @Option(doc = "How long a repository is known to hold content by its digest; then a HEAD confirms it, beside requests for a seventh of that time longer. 0s asks every time.", defaultValue = "7d", min = "0s", max = "3650d") Duration linkTtl,
        @Option(doc = "How long an upstream is not asked again for what it has said it does not have. 0s asks every time.", defaultValue = "10s", min = "0s", max = "1d") Duration negativeTtl,
        @Option(doc = "Tags that never move: once known, they are never asked for again. Each matches the whole tag.") List<TagPattern> immutableTags,
        @Option(doc = "Below this part of a registry's limit, as it tells it, tags are asked for less and less often. 0% never spares.", defaultValue = "10%", min = "0%", max = "100%") Percentage ratelimitReserve) {

    public FreshnessConfig {
        immutableTags = List.copyOf(immutableTags);
    }

    /** Whether this tag, once known, is never asked for again. */
    public boolean isImmutable(String tag) {
        return immutableTags.stream().anyMatch(pattern -> pattern.matches(tag));
    }
}

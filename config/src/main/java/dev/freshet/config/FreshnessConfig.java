package dev.freshet.config;

import dev.freshet.config.unit.Percentage;
import dev.freshet.config.unit.TagPattern;
import java.time.Duration;
import java.util.List;

/**
 * The times that content stays fresh.
 *
 * @param tagTtl zero revalidates at each request
 * @param staleIfError zero never serves stale content
 * @param linkTtl zero revalidates at each request
 * @param negativeTtl zero revalidates at each request
 * @param immutableTags patterns that match whole tags
 * @param ratelimitReserve part of the limit that the registry announces
 */
public record FreshnessConfig(
        @Option(doc = "How long Freshet serves a tag before it revalidates it with HEAD. 0s revalidates at each request.", defaultValue = "1m", min = "0s", max = "3650d") Duration tagTtl,
        @Option(doc = "How long after its TTL Freshet serves a tag or a cached 404 while the upstream fails. 0s serves nothing stale.", defaultValue = "30d", min = "0s", max = "3650d") Duration staleIfError,
        @Option(doc = "How long Freshet trusts that a repository contains a digest before it confirms it with HEAD. For a seventh of that time more, requests do not wait for the confirmation. 0s confirms at each request.", defaultValue = "7d", min = "0s", max = "3650d") Duration linkTtl,
        @Option(doc = "How long Freshet caches a 404 of an upstream. 0s asks the upstream at each request.", defaultValue = "10s", min = "0s", max = "1d") Duration negativeTtl,
        @Option(doc = "Tags that never move. Freshet fetches them once and never revalidates them. A pattern must match the whole tag.") List<TagPattern> immutableTags,
        @Option(doc = "When less than this part of a registry's rate limit is left, Freshet revalidates tags less often. 0% turns this off.", defaultValue = "10%", min = "0%", max = "100%") Percentage ratelimitReserve) {

    public FreshnessConfig {
        immutableTags = List.copyOf(immutableTags);
    }

    /** Whether a tag is never revalidated. */
    public boolean isImmutable(String tag) {
        return immutableTags.stream().anyMatch(pattern -> pattern.matches(tag));
    }
}

package dev.freshet.config;

import dev.freshet.config.unit.UrlPattern;
import java.util.List;

/**
 * The rules for URLs of foreign layers.
 *
 * @param allow patterns that can match an http or https URL
 * @param deny patterns that override {@code allow}
 */
public record ForeignLayersConfig(
        @Option(doc = "Allowed URLs of foreign layers. A pattern must match from the first character of the URL to its end or to a `/`. An empty list allows no URL.") List<UrlPattern> allow,
        @Option(doc = "Denied URLs of foreign layers, even if `allow` matches. A pattern may match any part of the URL.") List<UrlPattern> deny) {

    public ForeignLayersConfig {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }
}

package dev.freshet.config;

import dev.freshet.config.unit.UrlPattern;
import java.util.List;

/**
 * Which of the URLs that manifests list for layers may be asked.
 *
 * @param allow each of them may match some URL of http or https
 * @param deny wins over what is allowed
 */
public record ForeignLayersConfig(
        @Option(doc = "URLs of foreign layers that may be fetched, each matched from its first character to its last or to a `/`; without any, none is.") List<UrlPattern> allow,
        @Option(doc = "URLs of foreign layers that may not be fetched, though they are allowed; found anywhere in the URL.") List<UrlPattern> deny) {

    public ForeignLayersConfig {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }
}

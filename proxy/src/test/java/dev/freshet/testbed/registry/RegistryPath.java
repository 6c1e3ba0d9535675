package dev.freshet.testbed.registry;

import dev.freshet.testbed.traffic.Endpoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the path of a request to a registry means (OCI distribution spec 1.1, "Endpoints").
 *
 * @param endpoint what it is for
 * @param repository the repository's name; empty where there is none
 * @param reference the tag or digest; empty where there is none
 */
record RegistryPath(Endpoint endpoint, String repository, String reference) {

    private static final Pattern CONTENT = Pattern.compile("/v2/(.+)/(manifests|blobs|referrers)/([^/]+)");
    private static final Pattern TAGS = Pattern.compile("/v2/(.+)/tags/list");

    static RegistryPath parse(String path) {
        Matcher content = CONTENT.matcher(path);
        if (content.matches()) {
            Endpoint endpoint = switch (content.group(2)) {
                case "manifests" -> Endpoint.MANIFEST;
                case "blobs" -> Endpoint.BLOB;
                default -> Endpoint.REFERRERS;
            };
            return new RegistryPath(endpoint, content.group(1), content.group(3));
        }
        Matcher tags = TAGS.matcher(path);
        if (tags.matches()) {
            return new RegistryPath(Endpoint.TAGS, tags.group(1), "");
        }
        return new RegistryPath(switch (path) {
            case "/v2/", "/v2" -> Endpoint.PING;
            case "/token" -> Endpoint.TOKEN;
            default -> Endpoint.OTHER;
        }, "", "");
    }
}

package dev.freshet.proxy.upstream;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.config.Credentials;
import dev.freshet.config.unit.HostRule;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * One registry that content comes from.
 *
 * @param name what images call it
 * @param url its address, perhaps with a path, always ending in a slash
 * @param credentials what it is shown, and nobody else
 * @param tokenHosts hosts, besides those of its own registrable domain, that may hand out its tokens
 * @param redirectHosts private storage that its redirects may lead to
 * @param caFile PEM certificates that are trusted besides the runtime's own
 */
public record Upstream(RegistryHost name, HttpUrl url, Optional<Credentials> credentials, List<HostRule> tokenHosts,
        List<HostRule> redirectHosts, Optional<Path> caFile) {

    public Upstream {
        tokenHosts = List.copyOf(tokenHosts);
        redirectHosts = List.copyOf(redirectHosts);
        if (!url.pathSegments().getLast().isEmpty()) {
            url = url.newBuilder().addPathSegment("").build();
        }
    }

    /**
     * A registry at an address as it is configured.
     *
     * @throws IllegalArgumentException if the address is not one of http or https
     */
    public static Upstream at(RegistryHost name, URI url, Optional<Credentials> credentials, List<HostRule> tokenHosts,
            List<HostRule> redirectHosts, Optional<Path> caFile) {
        return new Upstream(name, HttpUrl.get(url.toString()), credentials, tokenHosts, redirectHosts, caFile);
    }

    /** The address of {@code v2/<name>/<endpoint>/<reference>}. */
    HttpUrl endpoint(String repositoryName, String endpoint, String reference) {
        return url.newBuilder().addPathSegment("v2").addPathSegments(repositoryName).addPathSegment(endpoint)
                .addPathSegment(reference).build();
    }
}

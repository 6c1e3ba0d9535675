package dev.freshet.proxy.upstream;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.config.Credentials;
import dev.freshet.config.unit.HostRule;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * One registry that content comes from.
 *
 * @param name what images call it
 * @param url its address, perhaps with a path, always ending in a slash
 * @param credentials the accounts that take turns; their credentials are for this registry only. None asks anonymously
 * @param tokenHosts hosts, besides those of its own registrable domain, that may hand out its tokens
 * @param redirectHosts private storage that its redirects may lead to
 * @param manifestHosts other registries that its redirects may lead to, and that hand out tokens of their own
 * @param others the addresses of the other upstreams
 * @param caFile PEM certificates that are trusted besides the runtime's own
 */
public record Upstream(RegistryHost name, HttpUrl url, List<Credentials> credentials, List<HostRule> tokenHosts,
        List<HostRule> redirectHosts, List<HostRule> manifestHosts, List<HttpUrl> others, Optional<Path> caFile) {

    private static final Set<String> DOCKER_HUB = Set.of("docker.io", "index.docker.io", "registry-1.docker.io");
    private static final String DOCKER_HUB_LOGIN = "https://index.docker.io/v1/";

    public Upstream {
        credentials = List.copyOf(credentials);
        tokenHosts = List.copyOf(tokenHosts);
        redirectHosts = List.copyOf(redirectHosts);
        manifestHosts = List.copyOf(manifestHosts);
        others = List.copyOf(others);
        if (!url.pathSegments().getLast().isEmpty()) {
            url = url.newBuilder().addPathSegment("").build();
        }
    }

    /**
     * A registry at an address as it is configured.
     *
     * @throws IllegalArgumentException if the address is not one of http or https
     */
    public static Upstream at(RegistryHost name, URI url, List<Credentials> credentials, List<HostRule> tokenHosts,
            List<HostRule> redirectHosts, Optional<Path> caFile) {
        return new Upstream(name, HttpUrl.get(url.toString()), credentials, tokenHosts, redirectHosts, List.of(),
                List.of(), caFile);
    }

    /** The same registry as a front of others. */
    public Upstream before(List<HostRule> manifestHosts, List<URI> others) {
        return new Upstream(name, url, credentials, tokenHosts, redirectHosts, manifestHosts,
                others.stream().map(other -> HttpUrl.get(other.toString())).toList(), caFile);
    }

    /** The same registry for who has nothing to lose: asked without credentials, all hosts that it names may hand out tokens. */
    public Upstream anonymous() {
        List<HostRule> named = Stream.of(tokenHosts, manifestHosts, redirectHosts).flatMap(List::stream).toList();
        return new Upstream(name, url, List.of(), named, redirectHosts, manifestHosts, others, caFile);
    }

    /** Where its redirects may lead. */
    public RedirectRules redirects() {
        return new RedirectRules(url, redirectHosts, manifestHosts, others);
    }

    /** What {@code docker login} calls it: the host, with its port where that is not the usual one. */
    public String loginServer() {
        boolean isUsualPort = url.port() == HttpUrl.defaultPort(url.scheme());
        return DOCKER_HUB.contains(url.host())
                ? DOCKER_HUB_LOGIN
                : url.host() + (isUsualPort ? "" : ":" + url.port());
    }

    /** The address of {@code v2/<name>/<endpoint>/<reference>}. */
    public HttpUrl endpoint(String repositoryName, String endpoint, String reference) {
        return url.newBuilder().addPathSegment("v2").addPathSegments(repositoryName).addPathSegment(endpoint)
                .addPathSegment(reference).build();
    }
}

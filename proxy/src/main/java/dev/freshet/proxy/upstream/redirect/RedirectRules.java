package dev.freshet.proxy.upstream.redirect;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.config.unit.HostRule;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where an upstream's redirects may lead, and which of these places are registries. Pure: the same question always has the
 * same answer. What it allows by name is still subject to {@link PublicAddresses#require}, unless it is {@linkplain
 * #isTrusted trusted}.
 */
public final class RedirectRules {

    /** As many redirects are followed for one request. */
    public static final int MAX_HOPS = 5;

    private static final int MAX_LOCATION_LENGTH = 16 * 1024;
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;
    private static final Pattern CONTENT = Pattern
            .compile("v2/(.+)/(?:(?:manifests|blobs|referrers)/[^/]+|tags/list)");

    private final @Nullable HttpUrl registry;
    private final List<HostRule> trustedHosts;
    private final List<HostRule> manifestHosts;
    private final List<HttpUrl> upstreams;

    /**
     * @param registry the registry's own address
     * @param trustedHosts hosts of storage that may be private addresses
     * @param manifestHosts hosts of other registries that its content is at; they may be private addresses
     * @param upstreams the addresses of the other registries that are configured
     */
    public RedirectRules(HttpUrl registry, List<HostRule> trustedHosts, List<HostRule> manifestHosts,
            List<HttpUrl> upstreams) {
        this(trustedHosts, manifestHosts, upstreams, registry);
    }

    private RedirectRules(List<HostRule> trustedHosts, List<HostRule> manifestHosts, List<HttpUrl> upstreams,
            @Nullable HttpUrl registry) {
        this.registry = registry;
        this.trustedHosts = List.copyOf(trustedHosts);
        this.manifestHosts = List.copyOf(manifestHosts);
        this.upstreams = List.copyOf(upstreams);
    }

    /** Rules under which no address is a registry's, so that none is shown credentials. */
    public static RedirectRules withoutRegistry(List<HostRule> trustedHosts) {
        return new RedirectRules(trustedHosts, List.of(), List.of(), null);
    }

    /** What becomes of a redirect. */
    public sealed interface Verdict {

        /**
         * It is followed.
         *
         * @param url where it leads
         */
        record Follow(HttpUrl url) implements Verdict {}

        /**
         * It is not.
         *
         * @param reason why, without the location's query
         * @param trusting what would have to be {@linkplain #isTrusted trusted}; empty when no trust would help
         */
        record Refuse(String reason, Optional<HttpUrl> trusting) implements Verdict {

            Refuse(String reason) {
                this(reason, Optional.empty());
            }
        }
    }

    /**
     * Judges an answer's {@code Location} (RFC 9110, section 10.2.2).
     *
     * @param from the address that was asked
     * @param location as it was sent; null when it was not
     */
    public Verdict judge(HttpUrl from, @Nullable String location) {
        if (location == null || location.isBlank()) {
            return new Verdict.Refuse("the redirect has no Location");
        }
        if (location.length() > MAX_LOCATION_LENGTH) {
            return new Verdict.Refuse("the redirect's Location has " + location.length() + " characters");
        }
        HttpUrl to = from.resolve(location);
        if (to == null) {
            return new Verdict.Refuse("the redirect's Location is no http or https URL");
        }
        Optional<String> objection = objection(to);
        if (objection.isPresent()) {
            return new Verdict.Refuse("the redirect's Location " + objection.get(),
                    Optional.of(to).filter(url -> url.username().isEmpty() && url.password().isEmpty()));
        }
        if (from.isHttps() && !to.isHttps() && !isRegistry(to) && !covers(trustedHosts, to)) {
            return new Verdict.Refuse("the redirect leads from https to http at " + to.host(), Optional.of(to));
        }
        return new Verdict.Follow(to);
    }

    /** What speaks against an address, wherever it was found, as what follows on {@code it}; empty when nothing does. */
    public Optional<String> objection(HttpUrl to) {
        if (!to.username().isEmpty() || !to.password().isEmpty()) {
            return Optional.of("holds credentials");
        }
        if (to.port() != 80 && to.port() != 443 && to.port() < FIRST_UNPRIVILEGED_PORT && !isTrusted(to)) {
            return Optional.of("leads to port " + to.port() + ", which is no web server's");
        }
        return Optional.empty();
    }

    /** Says whether the operator has named this address, as the registry's own, its storage, or where its content is. */
    public boolean isTrusted(HttpUrl url) {
        return isRegistry(url) || covers(trustedHosts, url) || covers(manifestHosts, url);
    }

    /**
     * The name of the repository that an address is about, if it is a registry's endpoint for content (OCI distribution
     * spec 1.1, "Endpoints"): below the registry's own address, or at the root of any other host. Empty for all else, and
     * under rules that know no registry.
     */
    public Optional<String> repositoryAt(HttpUrl url) {
        HttpUrl own = registry;
        if (own == null) {
            return Optional.empty();
        }
        String base = isRegistry(url) ? own.encodedPath() : "/";
        Matcher content = CONTENT.matcher(url.encodedPath()).region(
                url.encodedPath().startsWith(base) ? base.length() : url.encodedPath().length(),
                url.encodedPath().length());
        return content.matches() && isName(content.group(1)) ? Optional.of(content.group(1)) : Optional.empty();
    }

    /**
     * Says whether an address, if it is a registry's endpoint at all, is of another registry that may be asked for tokens of
     * its own: the operator has named it, or it is a configured upstream.
     */
    public boolean isOtherRegistry(HttpUrl url) {
        return covers(manifestHosts, url) || covers(trustedHosts, url)
                || upstreams.stream().anyMatch(upstream -> isAt(upstream, url));
    }

    /**
     * The configuration under which an address would be trusted as storage, as one line of YAML.
     *
     * @param upstream whose redirects these are
     */
    public String lineThatTrusts(String upstream, HttpUrl url) {
        return line(upstream, "redirect-hosts", trustedHosts, url);
    }

    /** The same for an address of another registry that this one's content is at. */
    public String lineThatAuthorizes(String upstream, HttpUrl url) {
        return line(upstream, "manifest-hosts", manifestHosts, url);
    }

    private static String line(String upstream, String key, List<HostRule> hosts, HttpUrl url) {
        Stream<String> all = Stream.concat(hosts.stream().map(HostRule::toString), Stream.of(authority(url)));
        return "upstreams: { " + quoted(upstream) + ": { " + key + ": "
                + all.map(RedirectRules::quoted).collect(Collectors.joining(", ", "[", "]")) + " } }";
    }

    private static boolean covers(List<HostRule> hosts, HttpUrl url) {
        return hosts.stream().anyMatch(rule -> rule.covers(url.host(), url.port()));
    }

    private static boolean isName(String text) {
        try {
            return new Repository(new RegistryHost("any"), text).name().equals(text);
        } catch (InvalidNameException e) {
            return false;
        }
    }

    /** Host and port, as {@code redirect-hosts} has them. */
    public static String authority(HttpUrl url) {
        return (url.host().indexOf(':') < 0 ? url.host() : "[" + url.host() + "]") + ":" + url.port();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Says whether this is the registry itself: the only place that sees its credentials. */
    public boolean isRegistry(HttpUrl url) {
        return registry != null && isAt(registry, url);
    }

    private static boolean isAt(HttpUrl server, HttpUrl url) {
        return url.scheme().equals(server.scheme()) && url.host().equals(server.host()) && url.port() == server.port();
    }
}

package dev.freshet.proxy.upstream.redirect;

import dev.freshet.config.unit.HostRule;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where an upstream's redirects may lead. Pure: the same question always has the same answer. What it allows by name is
 * still subject to {@link PublicAddresses#require}, unless it is {@linkplain #isTrusted trusted}.
 */
public final class RedirectRules {

    /** As many redirects are followed for one request. */
    public static final int MAX_HOPS = 5;

    private static final int MAX_LOCATION_LENGTH = 16 * 1024;
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;

    private final @Nullable HttpUrl registry;
    private final List<HostRule> trustedHosts;

    /**
     * @param registry the registry's own address
     * @param trustedHosts hosts that may be private addresses
     */
    public RedirectRules(HttpUrl registry, List<HostRule> trustedHosts) {
        this(trustedHosts, registry);
    }

    private RedirectRules(List<HostRule> trustedHosts, @Nullable HttpUrl registry) {
        this.registry = registry;
        this.trustedHosts = List.copyOf(trustedHosts);
    }

    /** Rules under which no address is a registry's, so that none is shown credentials. */
    public static RedirectRules withoutRegistry(List<HostRule> trustedHosts) {
        return new RedirectRules(trustedHosts, null);
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
         * @param trusting what would have to be {@linkplain #isTrusted trusted}; empty when it is refused all the same
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
        if (from.isHttps() && !to.isHttps() && !isTrusted(to)) {
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

    /** Says whether the operator has named this address, as the registry's own or as its storage. */
    public boolean isTrusted(HttpUrl url) {
        return isRegistry(url) || trustedHosts.stream().anyMatch(rule -> rule.covers(url.host(), url.port()));
    }

    /**
     * The configuration under which an address would be trusted, as one line of YAML.
     *
     * @param upstream whose redirects these are
     */
    public String lineThatTrusts(String upstream, HttpUrl url) {
        Stream<String> hosts = Stream.concat(trustedHosts.stream().map(HostRule::toString), Stream.of(authority(url)));
        return "upstreams: { " + quoted(upstream) + ": { redirect-hosts: "
                + hosts.map(RedirectRules::quoted).collect(Collectors.joining(", ", "[", "]")) + " } }";
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
        return registry != null && url.scheme().equals(registry.scheme()) && url.host().equals(registry.host())
                && url.port() == registry.port();
    }
}

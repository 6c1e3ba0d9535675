package dev.freshet.config;

import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One registry.
 *
 * @param url the base, without a slash at its end
 * @param aliases none that another upstream has
 * @param hosts none that another upstream has
 * @param username present exactly when the password is
 * @param password given, or read from the file
 * @param passwordFile absolute
 * @param tokenHosts besides the URL's own registrable domain
 * @param redirectHosts besides public addresses
 * @param caFile absolute
 * @param tagTtl instead of {@link FreshnessConfig#tagTtl()}
 */
public record UpstreamConfig(
        @Option(doc = "Base URL of the registry, http or https.", defaultValue = "https://<name>") URI url,
        @Option(doc = "Other names for it in image names and `?ns=`.") List<UpstreamName> aliases,
        @Option(doc = "Host headers that mean this upstream, as host or host:port.") List<HostRule> hosts,
        @Option(doc = "Account at the registry; needs a password.") Optional<String> username,
        @Option(doc = "Password or access token of the account.") Optional<Secret> password,
        @Option(doc = "File that holds the password, instead of `password`; a line break at its end is cut off.") Optional<Path> passwordFile,
        @Option(doc = "Hosts that may hand out tokens, besides the URL's own domain; they see the password.") List<HostRule> tokenHosts,
        @Option(doc = "Private hosts that redirects to storage, and URLs of foreign layers, may lead to, as host or host:port.") List<HostRule> redirectHosts,
        @Option(doc = "PEM file of certificate authorities to trust for this upstream, besides the usual ones.") Optional<Path> caFile,
        @Option(doc = "Instead of `freshness.tag-ttl`, for this upstream.", min = "0s", max = "3650d") Optional<Duration> tagTtl) {

    public UpstreamConfig {
        aliases = List.copyOf(aliases);
        hosts = List.copyOf(hosts);
        tokenHosts = List.copyOf(tokenHosts);
        redirectHosts = List.copyOf(redirectHosts);
    }

    /** The account to use; empty asks anonymously. */
    public Optional<Credentials> credentials() {
        return username.flatMap(name -> password.map(secret -> new Credentials(name, secret)));
    }

    /** The same upstream with this password. */
    public UpstreamConfig withPassword(Secret secret) {
        return new UpstreamConfig(url, aliases, hosts, username, Optional.of(secret), passwordFile, tokenHosts,
                redirectHosts, caFile, tagTtl);
    }
}

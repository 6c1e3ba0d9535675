package dev.freshet.config;

import dev.freshet.config.Credentials.CommandWord;
import dev.freshet.config.FreshetConfig.FreshnessConfig;
import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The options of one registry.
 *
 * @param url the base, without a slash at its end
 * @param aliases unique among all upstreams
 * @param hosts unique among all upstreams
 * @param username present exactly when the password is
 * @param password from the configuration or the file
 * @param passwordFile absolute
 * @param identityToken from the configuration or the file
 * @param identityTokenFile absolute
 * @param credentialCommand empty for none
 * @param accounts instead of the one account above
 * @param tokenHosts besides the URL's own registrable domain
 * @param redirectHosts besides public addresses
 * @param manifestHosts other registries, with tokens of their own
 * @param caFile absolute
 * @param tagTtl instead of {@link FreshnessConfig#tagTtl()}
 * @param staleIfDenied whether a registry that answers 401, 403 or 404 counts as failing
 */
public record UpstreamConfig(
        @Option(doc = "Base URL of the registry, with http or https.", defaultValue = "https://<name>") URI url,
        @Option(doc = "Other names of the registry in image names and `?ns=`.") List<UpstreamName> aliases,
        @Option(doc = "`Host` headers that select this upstream, as host or host:port.") List<HostRule> hosts,
        @Option(doc = "Name of the account at the registry. It may not contain a colon, and needs a password.") Optional<String> username,
        @Option(doc = "Password or access token of the account.") Optional<Secret> password,
        @Option(doc = "File with the password, instead of `password`. Freshet reads it at each use and ignores a line break at its end.") Optional<Path> passwordFile,
        @Option(doc = "Identity token (OAuth 2.0 refresh token) of the account, instead of a username and a password.") Optional<Secret> identityToken,
        @Option(doc = "File with the identity token, instead of `identity-token`. Freshet reads it at each use and ignores a line break at its end.") Optional<Path> identityTokenFile,
        @Option(doc = "Docker credential helper that provides the account, with its first arguments. See below.") List<CommandWord> credentialCommand,
        @Option(doc = "Several accounts instead of one. Freshet uses the one with the most rate limit left.") List<AccountConfig> accounts,
        @Option(doc = "Further token servers, besides those in the domain of `url`. Freshet sends them the password.") List<HostRule> tokenHosts,
        @Option(doc = "Private hosts, as host or host:port, that redirects to storage and URLs of foreign layers may lead to.") List<HostRule> redirectHosts,
        @Option(doc = "Registries, as host or host:port, that this registry redirects manifests and blobs to. Freshet accesses them anonymously, with their own tokens.") List<HostRule> manifestHosts,
        @Option(doc = "PEM file with certificate authorities to trust for this upstream, in addition to the default ones.") Optional<Path> caFile,
        @Option(doc = "Replaces `freshness.tag-ttl` for this upstream.", min = "0s", max = "3650d") Optional<Duration> tagTtl,
        @Option(doc = "Serves cached content while the registry answers 401, 403 or 404, as during an outage.", defaultValue = "false") boolean staleIfDenied) {

    public UpstreamConfig {
        aliases = List.copyOf(aliases);
        hosts = List.copyOf(hosts);
        credentialCommand = List.copyOf(credentialCommand);
        accounts = List.copyOf(accounts);
        tokenHosts = List.copyOf(tokenHosts);
        redirectHosts = List.copyOf(redirectHosts);
        manifestHosts = List.copyOf(manifestHosts);
    }

    /** The accounts to use in turn; empty for anonymous access. */
    public List<Credentials> credentials() {
        return Stream.concat(Stream.of(account()), accounts.stream())
                .flatMap(account -> account.credentials().stream()).toList();
    }

    /** The account that is configured outside of the list. */
    public AccountConfig account() {
        return new AccountConfig(username, password, passwordFile, identityToken, identityTokenFile,
                credentialCommand);
    }

    /** The same upstream with accounts whose files have been read. */
    public UpstreamConfig withAccounts(AccountConfig one, List<AccountConfig> others) {
        return new UpstreamConfig(url, aliases, hosts, one.username(), one.password(), one.passwordFile(),
                one.identityToken(), one.identityTokenFile(), one.credentialCommand(), others, tokenHosts,
                redirectHosts, manifestHosts, caFile, tagTtl, staleIfDenied);
    }

    /**
     * An account at a registry: a name and password, an identity token, or a command that provides one of the two.
     *
     * @param username present exactly when the password is
     * @param password from the configuration or the file
     * @param passwordFile absolute
     * @param identityToken from the configuration or the file
     * @param identityTokenFile absolute
     * @param credentialCommand empty for none
     */
    public record AccountConfig(
            @Option(doc = "Name of the account. It may not contain a colon, and needs a password.") Optional<String> username,
            @Option(doc = "Password or access token of the account.") Optional<Secret> password,
            @Option(doc = "File with the password, instead of `password`. Freshet reads it at each use and ignores a line break at its end.") Optional<Path> passwordFile,
            @Option(doc = "Identity token (OAuth 2.0 refresh token) of the account, instead of a username and a password.") Optional<Secret> identityToken,
            @Option(doc = "File with the identity token, instead of `identity-token`. Freshet reads it at each use and ignores a line break at its end.") Optional<Path> identityTokenFile,
            @Option(doc = "Docker credential helper that provides the account, with its first arguments. See below.") List<CommandWord> credentialCommand) {

        public AccountConfig {
            credentialCommand = List.copyOf(credentialCommand);
        }

        /** The credentials of the account; empty for anonymous access. */
        public Optional<Credentials> credentials() {
            if (!credentialCommand.isEmpty()) {
                return Optional.of(new Credentials.Command(credentialCommand));
            }
            return identityToken.<Credentials>map(token -> new Credentials.IdentityToken(token, identityTokenFile))
                    .or(() -> username.flatMap(
                            name -> password.map(secret -> new Credentials.Login(name, secret, passwordFile))));
        }

        /** The same account with the content of its files. */
        public AccountConfig with(Optional<Secret> readPassword, Optional<Secret> readToken) {
            return new AccountConfig(username, readPassword, passwordFile, readToken, identityTokenFile,
                    credentialCommand);
        }
    }
}

package dev.freshet.config;

import dev.freshet.config.unit.CommandWord;
import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One registry.
 *
 * @param url the base, without a slash at its end
 * @param aliases none that another upstream has
 * @param hosts none that another upstream has
 * @param username present exactly when the password is
 * @param password given, or read from the file
 * @param passwordFile absolute
 * @param identityToken given, or read from the file
 * @param identityTokenFile absolute
 * @param credentialCommand empty for none
 * @param accounts instead of the one account above
 * @param tokenHosts besides the URL's own registrable domain
 * @param redirectHosts besides public addresses
 * @param manifestHosts other registries, with tokens of their own
 * @param caFile absolute
 * @param tagTtl instead of {@link FreshnessConfig#tagTtl()}
 * @param staleIfDenied whether a registry that denies what it had is taken for one that fails
 */
public record UpstreamConfig(
        @Option(doc = "Base URL of the registry, http or https.", defaultValue = "https://<name>") URI url,
        @Option(doc = "Other names for it in image names and `?ns=`.") List<UpstreamName> aliases,
        @Option(doc = "Host headers that mean this upstream, as host or host:port.") List<HostRule> hosts,
        @Option(doc = "Account at the registry, without a colon; needs a password.") Optional<String> username,
        @Option(doc = "Password or access token of the account.") Optional<Secret> password,
        @Option(doc = "File that holds the password, instead of `password`; read again whenever it is used, without a line break at its end.") Optional<Path> passwordFile,
        @Option(doc = "Identity token (OAuth 2.0 refresh token) of the account, instead of a name and a password.") Optional<Secret> identityToken,
        @Option(doc = "File that holds the identity token, instead of `identity-token`; read again whenever it is used, without a line break at its end.") Optional<Path> identityTokenFile,
        @Option(doc = "Docker credential helper that knows the account, and its first arguments; see below.") List<CommandWord> credentialCommand,
        @Option(doc = "Several accounts, which take turns, instead of one.") List<AccountConfig> accounts,
        @Option(doc = "Hosts that may hand out tokens, besides the URL's own domain; they see the password.") List<HostRule> tokenHosts,
        @Option(doc = "Private hosts that redirects to storage, and URLs of foreign layers, may lead to, as host or host:port.") List<HostRule> redirectHosts,
        @Option(doc = "Registries that this one redirects manifests and blobs to, as host or host:port; they are asked without an account, each with its own tokens.") List<HostRule> manifestHosts,
        @Option(doc = "PEM file of certificate authorities to trust for this upstream, besides the usual ones.") Optional<Path> caFile,
        @Option(doc = "Instead of `freshness.tag-ttl`, for this upstream.", min = "0s", max = "3650d") Optional<Duration> tagTtl,
        @Option(doc = "Whether what is cached is served, as while it fails, while the registry answers 401, 403 or 404.", defaultValue = "false") boolean staleIfDenied) {

    public UpstreamConfig {
        aliases = List.copyOf(aliases);
        hosts = List.copyOf(hosts);
        credentialCommand = List.copyOf(credentialCommand);
        accounts = List.copyOf(accounts);
        tokenHosts = List.copyOf(tokenHosts);
        redirectHosts = List.copyOf(redirectHosts);
        manifestHosts = List.copyOf(manifestHosts);
    }

    /** The accounts to use, which take turns; none asks anonymously. */
    public List<Credentials> credentials() {
        return Stream.concat(Stream.of(account()), accounts.stream())
                .flatMap(account -> account.credentials().stream()).toList();
    }

    /** The account that is configured without a list. */
    public AccountConfig account() {
        return new AccountConfig(username, password, passwordFile, identityToken, identityTokenFile,
                credentialCommand);
    }

    /** The same upstream with these accounts, which have read their files. */
    public UpstreamConfig withAccounts(AccountConfig one, List<AccountConfig> others) {
        return new UpstreamConfig(url, aliases, hosts, one.username(), one.password(), one.passwordFile(),
                one.identityToken(), one.identityTokenFile(), one.credentialCommand(), others, tokenHosts,
                redirectHosts, manifestHosts, caFile, tagTtl, staleIfDenied);
    }
}

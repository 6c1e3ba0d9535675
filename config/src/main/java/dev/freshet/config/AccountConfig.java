package dev.freshet.config;

import dev.freshet.config.unit.CommandWord;
import dev.freshet.config.unit.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

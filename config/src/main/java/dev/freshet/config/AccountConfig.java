package dev.freshet.config;

import dev.freshet.config.unit.CommandWord;
import dev.freshet.config.unit.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One of several accounts at a registry: a name and password, an identity token, or a command that knows one of the two.
 *
 * @param username present exactly when the password is
 * @param password given, or read from the file
 * @param passwordFile absolute
 * @param identityToken given, or read from the file
 * @param identityTokenFile absolute
 * @param credentialCommand empty for none
 */
public record AccountConfig(
        @Option(doc = "The account's name, without a colon; needs a password.") Optional<String> username,
        @Option(doc = "Password or access token of the account.") Optional<Secret> password,
        @Option(doc = "File that holds the password, instead of `password`; read again whenever it is used, without a line break at its end.") Optional<Path> passwordFile,
        @Option(doc = "Identity token (OAuth 2.0 refresh token) of the account, instead of a name and a password.") Optional<Secret> identityToken,
        @Option(doc = "File that holds the identity token, instead of `identity-token`; read again whenever it is used.") Optional<Path> identityTokenFile,
        @Option(doc = "Docker credential helper that knows the account, and its first arguments; see below.") List<CommandWord> credentialCommand) {

    public AccountConfig {
        credentialCommand = List.copyOf(credentialCommand);
    }

    /** What the account shows; empty for nobody's. */
    public Optional<Credentials> credentials() {
        if (!credentialCommand.isEmpty()) {
            return Optional.of(new Credentials.Command(credentialCommand));
        }
        return identityToken.<Credentials>map(token -> new Credentials.IdentityToken(token, identityTokenFile))
                .or(() -> username.flatMap(
                        name -> password.map(secret -> new Credentials.Login(name, secret, passwordFile))));
    }

    /** The same account with what its files held. */
    public AccountConfig with(Optional<Secret> readPassword, Optional<Secret> readToken) {
        return new AccountConfig(username, readPassword, passwordFile, readToken, identityTokenFile,
                credentialCommand);
    }
}

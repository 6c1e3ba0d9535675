package dev.freshet.config;

import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.config.unit.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The credentials of an account at one upstream. Freshet sends them to that upstream and its token servers only. */
public sealed interface Credentials {

    /** The name of the account in logs, metrics and messages; never a secret. */
    String label();

    /**
     * A username and a password.
     *
     * @param username without a colon (RFC 7617, section 2)
     * @param password password or access token, as read at the start
     * @param file origin of the password; empty if the configuration has the password
     */
    record Login(String username, Secret password, Optional<Path> file) implements Credentials {

        /** A login with a password from the configuration. */
        public Login(String username, Secret password) {
            this(username, password, Optional.empty());
        }

        @Override
        public String label() {
            return username;
        }
    }

    /**
     * An identity token for token servers: a refresh token of OAuth 2.0 (RFC 6749, section 1.5).
     *
     * @param token as read at the start; a token server may replace it
     * @param file origin of the token; empty if the configuration has the token
     */
    record IdentityToken(Secret token, Optional<Path> file) implements Credentials {

        /** A token from the configuration. */
        public IdentityToken(Secret token) {
            this(token, Optional.empty());
        }

        @Override
        public String label() {
            return "identity token";
        }
    }

    /**
     * A program that provides the account by the protocol of Docker's credential helpers.
     *
     * @param words the program and its first arguments; at least the program
     */
    record Command(List<CommandWord> words) implements Credentials {

        public Command {
            words = List.copyOf(words);
        }

        @Override
        public String label() {
            return words.getFirst().value();
        }
    }

    /**
     * A word of a command that Freshet runs without a shell, so nothing in it is expanded, split or unquoted.
     *
     * @param value at least one character, none of them NUL
     */
    public record CommandWord(String value) {

        public CommandWord {
            if (value.isEmpty()) {
                throw new InvalidValueException(value, "is empty: remove it");
            }
            if (value.indexOf('\0') >= 0) {
                throw new InvalidValueException("the word holds a NUL character: remove it");
            }
        }

        @Override
        public String toString() {
            return value;
        }
    }
}

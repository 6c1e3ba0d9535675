package dev.freshet.config;

import dev.freshet.config.unit.CommandWord;
import dev.freshet.config.unit.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An account at one upstream; only that upstream and its token hosts may ever see what it shows. */
public sealed interface Credentials {

    /** What the account may be called where everybody reads it: never a secret. */
    String label();

    /**
     * A name and what proves it.
     *
     * @param username without a colon (RFC 7617, section 2)
     * @param password its password or access token, as it was at the start
     * @param file that the password was read from; empty when it was given itself
     */
    record Login(String username, Secret password, Optional<Path> file) implements Credentials {

        /** With a password that was given itself. */
        public Login(String username, Secret password) {
            this(username, password, Optional.empty());
        }

        @Override
        public String label() {
            return username;
        }
    }

    /**
     * A token for token servers, which is a refresh token in OAuth 2.0 (RFC 6749, section 1.5).
     *
     * @param token as it was at the start: a token server may replace it
     * @param file that it was read from; empty when it was given itself
     */
    record IdentityToken(Secret token, Optional<Path> file) implements Credentials {

        /** That was given itself. */
        public IdentityToken(Secret token) {
            this(token, Optional.empty());
        }

        @Override
        public String label() {
            return "identity token";
        }
    }

    /**
     * A program that knows the account, and speaks the protocol of Docker's credential helpers.
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
}

package dev.freshet.config;

import dev.freshet.config.unit.CommandWord;
import dev.freshet.config.unit.Secret;
import java.util.List;

/** An account at one upstream; only that upstream and its token hosts may ever see what it shows. */
public sealed interface Credentials {

    /** What the account may be called where everybody reads it: never a secret. */
    String label();

    /**
     * A name and what proves it.
     *
     * @param username without a colon (RFC 7617, section 2)
     * @param password its password or access token
     */
    record Login(String username, Secret password) implements Credentials {

        @Override
        public String label() {
            return username;
        }
    }

    /**
     * A token for token servers, which is a refresh token in OAuth 2.0 (RFC 6749, section 1.5).
     *
     * @param token as it was at the start: a token server may replace it
     */
    record IdentityToken(Secret token) implements Credentials {

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

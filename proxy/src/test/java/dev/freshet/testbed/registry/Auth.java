package dev.freshet.testbed.registry;

import java.time.Duration;
import java.util.List;

/** What a registry wants to know of who pulls. */
public sealed interface Auth {

    /** Nothing. */
    record Open() implements Auth {}

    /** One of these accounts, by name and password with every request. */
    record Basic(List<Account> accounts) implements Auth {}

    /**
     * A token, which everyone gets for public repositories.
     *
     * @param accounts who gets one for private repositories too
     * @param tokenLife how long a token lives
     * @param realm the token endpoint that the challenge names; empty for the registry's own
     */
    record Bearer(List<Account> accounts, Duration tokenLife, String realm) implements Auth {

        /** At the registry's own endpoint, for everyone and these accounts. */
        public Bearer(Duration tokenLife, Account... accounts) {
            this(List.of(accounts), tokenLife, "");
        }
    }

    /**
     * A token, which is given by POST only (distribution's "Docker Registry v2 authentication using OAuth2").
     *
     * @param account who gets one, by password or identity token
     * @param tokenLife how long a token lives
     * @param identityToken what proves the account at first; each use gives another in exchange
     */
    record OAuth2(Account account, Duration tokenLife, String identityToken) implements Auth {}
}

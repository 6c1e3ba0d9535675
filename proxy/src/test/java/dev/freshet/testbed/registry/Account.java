package dev.freshet.testbed.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/**
 * Someone who may pull more than everyone.
 *
 * @param name without a colon
 * @param password anything
 * @param repositories the private repositories that are open to this account
 */
public record Account(String name, String password, Set<String> repositories) {

    /** The value of the {@code Authorization} field that proves it. */
    public String basic() {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}

package dev.freshet.config;

import dev.freshet.config.unit.Secret;

/**
 * An account at one upstream; only that upstream and its token hosts may ever see it.
 *
 * @param username the account's name
 * @param password its password or access token
 */
public record Credentials(String username, Secret password) {}

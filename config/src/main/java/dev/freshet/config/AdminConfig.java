package dev.freshet.config;

import dev.freshet.config.unit.HostPort;

/**
 * The options of the admin port.
 *
 * @param listen address to listen on
 */
public record AdminConfig(
        @Option(doc = "Address of the admin port: health, metrics and API. The port has no password: keep it private.", defaultValue = "127.0.0.1:5001") HostPort listen) {}

package dev.freshet.config;

import dev.freshet.config.unit.HostPort;

/**
 * The management port.
 *
 * @param listen where it is served
 */
public record AdminConfig(
        @Option(doc = "Address of the admin port: health and metrics. It has no password: keep it private.", defaultValue = "127.0.0.1:5001") HostPort listen) {}

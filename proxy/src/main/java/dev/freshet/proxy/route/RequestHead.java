package dev.freshet.proxy.route;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What routing needs of a request.
 *
 * @param method as sent
 * @param path as sent, not decoded, without the query
 * @param namespace the {@code ns} query parameter, by which containerd names the registry it means
 * @param host of the {@code Host} header, without brackets; empty when there is none
 * @param port of the {@code Host} header; empty when it names none
 */
public record RequestHead(String method, String path, Optional<String> namespace, String host,
        OptionalInt port) {}

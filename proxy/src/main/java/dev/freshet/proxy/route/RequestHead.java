package dev.freshet.proxy.route;

import java.util.Optional;

/**
 * What routing needs of a request.
 *
 * @param method as sent
 * @param path as sent, not decoded, without the query
 * @param namespace the {@code ns} query parameter, by which containerd names the registry it means
 * @param host the {@code Host} header, without its port; empty when there is none
 */
public record RequestHead(String method, String path, Optional<String> namespace, String host) {}

package dev.freshet.proxy.route;

import dev.freshet.proxy.accept.Accept;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What routing needs of a request.
 *
 * @param method as sent
 * @param path as sent, not decoded, without the query
 * @param namespace the {@code ns} query parameter, by which containerd names the registry it means
 * @param host of the target if that is a URL, or else of the {@code Host} header; without brackets, empty when there is
 * none
 * @param port named with the host, or by the URL's scheme; empty when there is none
 * @param query what else it says
 * @param accept which media types are taken
 */
public record RequestHead(String method, String path, Optional<String> namespace, String host,
        OptionalInt port, Query query, Accept accept) {}

package dev.freshet.proxy.route;

import dev.freshet.proxy.accept.Accept;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The part of a request that routing needs.
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
        OptionalInt port, Query query, Accept accept) {

    /**
     * The parameters of a request's query that endpoints of lists know, decoded, as sent.
     *
     * @param n how many entries a page may have
     * @param last the entry behind which a page begins
     * @param artifactType the only type of referrers that is wanted
     */
    public record Query(Optional<String> n, Optional<String> last, Optional<String> artifactType) {

        /** No parameter. */
        public static final Query NONE = new Query(Optional.empty(), Optional.empty(), Optional.empty());
    }
}

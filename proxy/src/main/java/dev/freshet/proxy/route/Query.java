package dev.freshet.proxy.route;

import java.util.Optional;

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

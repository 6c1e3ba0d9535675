package dev.freshet.testbed.fault;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Request;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which requests a fault befalls. Of those that pass the filter it takes the {@code first}th to the {@code last}th,
 * counted from 1.
 *
 * @param endpoint what the request is for
 * @param digest the digest in its path, if it matters
 * @param filter whatever else matters
 * @param first the first one that is befallen
 * @param last the last one
 */
public record On(Endpoint endpoint, Optional<Digest> digest, Predicate<Request> filter, int first, int last) {

    /** Every request to this endpoint. */
    public static On every(Endpoint endpoint) {
        return new On(endpoint, Optional.empty(), r -> true, 1, Integer.MAX_VALUE);
    }

    /** Every request to the storage. */
    public static On storage() {
        return every(Endpoint.STORAGE);
    }

    /** Only those for this digest. */
    public On digest(Digest wanted) {
        return new On(endpoint, Optional.of(wanted), filter, first, last);
    }

    /** Only those that pass this too. */
    public On where(Predicate<Request> more) {
        return new On(endpoint, digest, filter.and(more), first, last);
    }

    /** Only those of this method. */
    public On method(String method) {
        return where(r -> r.method().equals(method));
    }

    /** Only the nth. */
    public On nth(int n) {
        return new On(endpoint, digest, filter, n, n);
    }

    /** Only the first n. */
    public On firstTimes(int n) {
        return new On(endpoint, digest, filter, 1, n);
    }

    /** The nth and all after it. */
    public On from(int n) {
        return new On(endpoint, digest, filter, n, Integer.MAX_VALUE);
    }

    boolean matches(Endpoint actual, Request request, Optional<Digest> named) {
        return endpoint == actual && (digest.isEmpty() || digest.equals(named)) && filter.test(request);
    }
}

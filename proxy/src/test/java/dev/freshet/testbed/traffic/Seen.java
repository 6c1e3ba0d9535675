package dev.freshet.testbed.traffic;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.wire.Request;
import java.util.Optional;

/**
 * A request that a server saw, and what became of it so far.
 *
 * @param number counts the requests of all endpoints, from 1
 * @param endpoint what it was for
 * @param request as it came in
 * @param digest the digest in its path
 * @param status the status of the answer; 0 before it
 * @param bytesSent the bytes of the body that were handed to the socket
 * @param state how far the answer is
 */
public record Seen(int number, Endpoint endpoint, Request request, Optional<Digest> digest, int status, long bytesSent,
        State state) {

    /** How far an answer is. */
    public enum State {
        /** Being sent, or about to be. */
        ACTIVE,
        /** Sent to the end. */
        COMPLETE,
        /** Ended before its end, by whichever side. */
        CUT
    }

    /** The request's method. */
    public String method() {
        return request.method();
    }

    /** The {@code Range} field, if there was one. */
    public Optional<String> range() {
        return request.header("Range");
    }

    /** Whether it is a GET at the storage. */
    public boolean isStorageGet() {
        return endpoint == Endpoint.STORAGE && method().equals("GET");
    }

    Seen with(int newStatus, long newBytesSent, State newState) {
        return new Seen(number, endpoint, request, digest, newStatus, newBytesSent, newState);
    }

    @Override
    public String toString() {
        return "%3d %-8s %s %s%s -> %d %s %d bytes".formatted(number, endpoint, method(), request.path(),
                range().map(r -> " [" + r + "]").orElse(""), status, state, bytesSent);
    }
}

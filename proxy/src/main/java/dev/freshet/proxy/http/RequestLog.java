package dev.freshet.proxy.http;

import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.route.Route;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A listener to requests that have ended; called on I/O threads, must be short, must not throw. */
public interface RequestLog {

    /** The end of the sending. */
    enum Outcome {

        /** Everything was sent. */
        COMPLETE,
        /** The client went away. */
        CLIENT_GONE,
        /** The content failed after the head was sent: the client was cut off. */
        CUT;

        /** The word for it in logs and metrics. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One request.
     *
     * @param client its address
     * @param method as sent
     * @param path as sent, without the query
     * @param route null when it was refused before routing
     * @param status HTTP status
     * @param bytes of the body that were sent
     * @param elapsed from the head's arrival to the end
     * @param why the failure, for the log; null when there is none
     */
    record Entry(String client, String method, String path, @Nullable String userAgent, @Nullable Route route,
            int status, CacheStatus cacheStatus, Outcome outcome, long bytes, Duration elapsed,
            @Nullable String why) {}

    /** A request has ended. */
    void ended(Entry entry);
}

package dev.freshet.proxy.http;

import dev.freshet.cache.store.Event;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.route.Route;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The end of a client's request, reported on an I/O thread.
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
public record RequestEnded(String client, String method, String path, @Nullable String userAgent,
        @Nullable Route route, int status, CacheStatus cacheStatus, Outcome outcome, long bytes, Duration elapsed,
        @Nullable String why) implements Event {

    /** The end of the sending. */
    public enum Outcome {

        /** Everything was sent. */
        COMPLETE,
        /** The client went away. */
        CLIENT_GONE,
        /** The content failed after the head was sent: the client was cut off. */
        CUT;

        /** The word for it in logs and metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

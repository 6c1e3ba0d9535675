package dev.freshet.proxy.upstream;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import java.time.Duration;

/** Hears what happens with upstreams; called on the thread that does it, must be short, must not throw. */
public interface UpstreamEvents {

    /** A listener that ignores all. */
    UpstreamEvents NONE = new UpstreamEvents() {

        @Override
        public void answered(RegistryHost upstream, RequestKind kind, int status, Duration elapsed) {}

        @Override
        public void unanswered(RegistryHost upstream, RequestKind kind, Duration elapsed) {}

        @Override
        public void received(RegistryHost upstream, long bytes) {}

        @Override
        public void refreshing(RegistryHost upstream, RefreshReason reason, String why) {}

        @Override
        public void resumed(RegistryHost upstream, long position) {}
    };

    /** What a request was for. */
    enum RequestKind {

        MANIFEST,
        BLOB,
        TAGS,
        REFERRERS,
        STORAGE,
        TOKEN,
        /** A URL that a manifest lists for a layer, or where that redirects to. */
        FOREIGN;

        /** The word for it in metrics and logs. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Why a download asked its registry again. */
    enum RefreshReason {

        /** The storage refused the signed URL. */
        REFUSED,
        /** The signed URL is about to expire, as it says itself. */
        EXPIRING,
        /** The connection broke, ended early or stood still. */
        BROKEN;

        /** The word for it in metrics and logs. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** An answer's head has come. */
    void answered(RegistryHost upstream, RequestKind kind, int status, Duration elapsed);

    /** A request got no answer. */
    void unanswered(RegistryHost upstream, RequestKind kind, Duration elapsed);

    /** Bytes of a body have come. */
    void received(RegistryHost upstream, long bytes);

    /** A registry is about to be asked again for a blob: a failure, or a signed URL's end, is mended by it. */
    void refreshing(RegistryHost upstream, RefreshReason reason, String why);

    /** A transfer of which bytes had come, now or in an earlier fill, goes on behind them. */
    void resumed(RegistryHost upstream, long position);

    /** Something was learnt of an upstream's limits; they tell themselves, from now on. */
    default void limited(RegistryHost upstream, RateLimits limits) {}

    /** A registry wants to be left alone for a while. */
    default void heldOff(RegistryHost upstream, String why) {}

    /** A URL of a foreign layer was of no use; the next one is asked, if there is one. */
    default void passedOver(RegistryHost upstream, String why) {}

    /**
     * What an account of a registry shows is refused from now on, and shown once in a while only.
     *
     * @param why who has refused it and what to do, without secrets
     */
    default void credentialsRefused(RegistryHost upstream, String account, String why) {}

    /**
     * What an account of a registry shows is taken again.
     *
     * @param heldBack how many requests have failed meanwhile without showing it
     */
    default void credentialsTaken(RegistryHost upstream, String account, long heldBack) {}

    /** Requests to a registry are held back from now on, or not any more. */
    default void healthChanged(RegistryHost upstream, Health health) {}
}

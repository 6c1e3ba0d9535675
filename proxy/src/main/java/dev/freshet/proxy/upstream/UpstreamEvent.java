package dev.freshet.proxy.upstream;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import java.time.Duration;
import java.util.Locale;

/** An event of a connection to an upstream. */
public sealed interface UpstreamEvent extends Event {

    RegistryHost upstream();

    /** The purpose of a request. */
    enum RequestKind {

        MANIFEST,
        BLOB,
        TAGS,
        REFERRERS,
        STORAGE,
        TOKEN,
        /** A URL that a manifest lists for a layer, or a redirect from there. */
        FOREIGN;

        /** The word for it in metrics and logs. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The reason why a download requests a new URL from its registry. */
    enum RefreshReason {

        /** The storage refused the signed URL. */
        REFUSED,
        /** The signed URL states that it expires soon. */
        EXPIRING,
        /** The connection broke, ended early or stalled. */
        BROKEN;

        /** The word for it in metrics and logs. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The head of an answer has arrived. */
    record Answered(RegistryHost upstream, RequestKind kind, int status, Duration elapsed) implements UpstreamEvent {}

    /** A request got no answer. */
    record Unanswered(RegistryHost upstream, RequestKind kind, Duration elapsed) implements UpstreamEvent {}

    /** Bytes of a body have arrived. */
    record Received(RegistryHost upstream, long bytes) implements UpstreamEvent {}

    /** A download requests a new URL from its registry. */
    record Refreshing(RegistryHost upstream, RefreshReason reason, String why) implements UpstreamEvent {}

    /** A transfer continues after the bytes that it, or an earlier fill, has received. */
    record Resumed(RegistryHost upstream, long position) implements UpstreamEvent {}

    /** A registry has announced or enforced a rate limit; the limits are live from now on. */
    record Limited(RegistryHost upstream, RateLimits limits) implements UpstreamEvent {}

    /** A registry asks for a pause. */
    record HeldOff(RegistryHost upstream, String why) implements UpstreamEvent {}

    /** A URL of a foreign layer was of no use; the next one is tried if there is one. */
    record PassedOver(RegistryHost upstream, String why) implements UpstreamEvent {}

    /**
     * A registry rejects the credentials of an account, so that Freshet sends them only now and then.
     *
     * @param why who rejected them and what to do, without secrets
     */
    record CredentialsRefused(RegistryHost upstream, String account, String why) implements UpstreamEvent {}

    /**
     * A registry accepts the credentials of an account again.
     *
     * @param heldBack number of requests that failed meanwhile without sending them
     */
    record CredentialsAccepted(RegistryHost upstream, String account, long heldBack) implements UpstreamEvent {}

    /** Freshet begins or ends to hold back requests to a registry. */
    record HealthChanged(RegistryHost upstream, Health health) implements UpstreamEvent {}
}

package dev.freshet.proxy.upstream.blob;

import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Where one blob is, as far as is known. One download at a time asks the registry for it; the others wait for that
 * answer. Safe for use by several threads, none of which waits in here.
 */
final class StorageLocation {

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable StorageUrl storage;
    private boolean isAtRegistry;
    private @Nullable Inquiry running;
    private @Nullable UpstreamException lost;

    public StorageLocation(InstantSource clock) {
        this.clock = clock;
    }

    /** What is to be done to get at the blob. */
    sealed interface Step {

        /** Ask the storage; the registry need not know. */
        record AskStorage(StorageUrl at) implements Step {}

        /** Ask the registry, which sends this blob itself. */
        record AskRegistry() implements Step {}

        /**
         * Ask the registry, for all who wait, and close the inquiry.
         *
         * @param isRenewal whether a signed URL is about to expire
         * @param lost why a download gave up the last one; null when none did
         */
        record Lead(Inquiry inquiry, boolean isRenewal, @Nullable UpstreamException lost) implements Step {}

        /** Another asks the registry; wait for that, and look again. */
        record Wait(CompletableFuture<Void> answered) implements Step {}
    }

    /** One question to the registry that several may wait for; its account closes it, however it went. */
    final class Inquiry implements AutoCloseable {

        private final CompletableFuture<Void> answered = new CompletableFuture<>();

        /** The blob could not be found; who waits gets this failure, too. */
        void failed(UpstreamException failure) {
            end();
            answered.completeExceptionally(failure);
        }

        /** Lets those who wait look again. */
        @Override
        public void close() {
            end();
            answered.complete(null);
        }

        private void end() {
            lock.lock();
            try {
                running = running == this ? null : running;
            } finally {
                lock.unlock();
            }
        }
    }

    /** What to do now; asked again after each wait, and after each address that was of no use. */
    public Step next() {
        lock.lock();
        try {
            StorageUrl known = storage;
            if (known != null && known.isFresh(clock.instant())) {
                return new Step.AskStorage(known);
            }
            storage = null;
            if (isAtRegistry) {
                return new Step.AskRegistry();
            }
            Inquiry other = running;
            if (other != null) {
                return new Step.Wait(other.answered);
            }
            Inquiry own = new Inquiry();
            running = own;
            UpstreamException why = lost;
            lost = null;
            return new Step.Lead(own, known != null, why);
        } finally {
            lock.unlock();
        }
    }

    /** Notes where an answer came from that the registry was asked for; empty when from the registry itself. */
    public Optional<StorageUrl> locate(Reply reply) {
        HttpUrl address = reply.response().request().url();
        lock.lock();
        try {
            isAtRegistry = reply.fromRegistry();
            storage = isAtRegistry
                    ? null
                    : new StorageUrl(address, renewal(address, reply.response()));
            return Optional.ofNullable(storage);
        } finally {
            lock.unlock();
        }
    }

    /** By the clock of the storage, which decides when a URL dies, where its answer tells that; then by ours. */
    private Optional<Instant> renewal(HttpUrl address, Response answer) {
        Instant now = clock.instant();
        Instant theirs = Objects.requireNonNullElse(answer.headers().getInstant("Date"), now);
        return ExpiryHint.renewal(address, theirs).map(time -> now.plus(Duration.between(theirs, time)));
    }

    /** Does not use this one again, for a reason; any other stays. */
    public void forget(StorageUrl dead, UpstreamException why) {
        lock.lock();
        try {
            if (dead.equals(storage)) {
                storage = null;
                lost = why;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Where one blob was found behind its registry's redirects. Who knows it has the blob, so it is shown without its query.
     *
     * @param address with its query; for GET only, as signatures bind the method
     * @param renewal when another should be asked for; empty to use it until it is refused
     */
    record StorageUrl(HttpUrl address, Optional<Instant> renewal) {

        /** Whether it should still be used. */
        boolean isFresh(Instant now) {
            return renewal.isEmpty() || now.isBefore(renewal.get());
        }

        @Override
        public String toString() {
            return Reasons.withoutQuery(address);
        }
    }
}

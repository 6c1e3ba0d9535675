package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamEvent.RefreshReason;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.blob.Downloads.RequestedRange;
import dev.freshet.proxy.upstream.blob.StorageLocation.Inquiry;
import dev.freshet.proxy.upstream.blob.StorageLocation.Step;
import dev.freshet.proxy.upstream.blob.StorageLocation.StorageUrl;
import dev.freshet.proxy.upstream.call.CancellableCall;
import dev.freshet.proxy.upstream.call.RegistryCalls;
import dev.freshet.proxy.upstream.call.RegistryRequest;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.call.ResponseClassifier;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One download's requests for its blob. They go to the storage directly where an earlier one, of any download of the same
 * blob, was redirected there; a signed URL that is refused, or whose answer was of no use, is not used again, and the
 * registry asked for another.
 */
final class BlobCalls implements Downloads.Attempts {

    private final RegistryCalls calls;
    private final RegistryRequest ask;
    private final StorageLocation location;
    private final RegistryHost upstream;
    private final Consumer<Event> events;
    private final InstantSource clock;
    private final CancellableCall call;
    private final boolean isBeside;

    private @Nullable StorageUrl used;

    /**
     * @param ask for the whole blob
     * @param location shared by all downloads of the blob
     * @param isBeside whether another call of the same download is under way, which is not waited for
     */
    BlobCalls(RegistryCalls calls, RegistryRequest ask, StorageLocation location, RegistryHost upstream,
            Consumer<Event> events, InstantSource clock, CancellableCall call, boolean isBeside) {
        this.isBeside = isBeside;
        this.calls = calls;
        this.ask = ask;
        this.location = location;
        this.upstream = upstream;
        this.events = events;
        this.clock = clock;
        this.call = call;
    }

    @Override
    public String failed() {
        return calls.failed(ask);
    }

    @Override
    public Reply begin(RequestedRange asked, @Nullable UpstreamException failure)
            throws OriginException, InterruptedException {
        StorageUrl useless = used;
        if (failure != null && useless != null) {
            location.forget(useless, failure);
        }
        RegistryRequest part = asked.isRange()
                ? ask.with(ask.request().newBuilder().header("Range", asked.header()).build())
                : ask;
        UpstreamException cause = failure;
        boolean mayBeDead = true;
        while (true) {
            switch (location.next()) {
                case Step.AskStorage(StorageUrl at) -> {
                    used = at;
                    Reply reply = calls.send(part, at.address(), call::dials);
                    if (!mayBeDead || !isRefused(reply)) {
                        return accepted(reply, asked);
                    }
                    mayBeDead = false;
                    cause = refusal(reply);
                    location.forget(at, cause);
                }
                case Step.AskRegistry() -> {
                    refreshing(cause, false);
                    return found(ask(part, asked));
                }
                case Step.Lead(Inquiry inquiry, boolean isRenewal, UpstreamException lost) -> {
                    refreshing(cause != null ? cause : lost, isRenewal);
                    return lead(inquiry, part, asked);
                }
                case Step.Wait(CompletableFuture<Void> answered) when isBeside -> {
                    return found(ask(part, asked));
                }
                case Step.Wait(CompletableFuture<Void> answered) -> await(answered);
            }
        }
    }

    private Reply lead(Inquiry inquiry, RegistryRequest part, RequestedRange asked)
            throws OriginException, InterruptedException {
        try (inquiry) {
            try {
                return found(ask(part, asked));
            } catch (UpstreamException e) {
                if (!call.isClosed()) {
                    inquiry.failed(e);
                }
                throw e;
            }
        }
    }

    private Reply ask(RegistryRequest part, RequestedRange asked) throws OriginException, InterruptedException {
        used = null;
        return accepted(calls.send(part, part.request().url(), call::dials), asked);
    }

    private Reply found(Reply reply) {
        used = location.locate(reply).orElse(null);
        return reply;
    }

    /** Waits until another has been answered; what that one is told, this one is, too. */
    private void await(CompletableFuture<Void> answered) throws UpstreamException, InterruptedException {
        try {
            CompletableFuture.anyOf(answered, call.closed()).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UpstreamException shared) {
                throw shared.shared();
            }
            throw new IllegalStateException("wait for another's answer failed", e);
        }
        if (call.isClosed()) {
            throw new UpstreamException(FailureReason.AGAINST_RULES, failed() + "the download was closed");
        }
    }

    private Reply accepted(Reply reply, RequestedRange asked) throws UpstreamException {
        int status = reply.response().code();
        if (status == 200 || (asked.isRange() && (status == 206 || status == 416))) {
            return reply;
        }
        if (status == 206) {
            reply.close();
            throw new UpstreamException(FailureReason.BAD_ANSWER, failed() + "206 came, and no range was asked for");
        }
        throw refusal(reply);
    }

    private UpstreamException refusal(Reply reply) {
        reply.close();
        return ResponseClassifier.refusal(failed(), reply, clock);
    }

    private boolean isRefused(Reply reply) {
        return !reply.fromRegistry() && ResponseClassifier.isUrlRefused(reply.response().code());
    }

    private void refreshing(@Nullable UpstreamException cause, boolean isRenewal) {
        if (cause != null && !cause.isHeldBack()) {
            events.accept(new UpstreamEvent.Refreshing(upstream, cause.reason() == FailureReason.SIGNED_URL_REFUSED
                    ? RefreshReason.REFUSED
                    : RefreshReason.BROKEN, String.valueOf(cause.getMessage())));
        } else if (isRenewal) {
            events.accept(new UpstreamEvent.Refreshing(upstream, RefreshReason.EXPIRING,
                    ask.what() + " from upstream " + upstream + " goes on: its signed URL is about to expire"));
        }
    }
}

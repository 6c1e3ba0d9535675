package dev.freshet.proxy.upstream.foreign;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.blob.BlobAnswer.ContentRange;
import dev.freshet.proxy.upstream.blob.Downloads.Attempts;
import dev.freshet.proxy.upstream.blob.Downloads.RequestedRange;
import dev.freshet.proxy.upstream.call.CancellableCall;
import dev.freshet.proxy.upstream.call.RegistryCalls;
import dev.freshet.proxy.upstream.call.RegistryRequest;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.call.StatedLength;
import dev.freshet.proxy.upstream.foreign.ForeignBlobs.UrlOrder;
import dev.freshet.proxy.upstream.foreign.ForeignRules.ForeignUrl;
import dev.freshet.proxy.upstream.foreign.ForeignRules.Refusal;
import dev.freshet.proxy.upstream.redirect.PublicAddresses.AddressRefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One download's requests for a foreign layer. Each attempt asks the URLs in turn, and is content with the first that
 * answers with a blob of the size that the manifest states; only when none does it has failed.
 */
final class ForeignCalls implements Attempts {

    private static final int MOST_IN_WORDS = 3;

    private final RegistryCalls calls;
    private final Wanted wanted;
    private final UrlOrder turns;
    private final RegistryHost upstream;
    private final Consumer<Event> events;
    private final CancellableCall call;
    private final int turn;

    private @Nullable ForeignUrl used;
    private @Nullable HttpUrl asked;

    /**
     * What is fetched.
     *
     * @param what for messages: {@code GET of blob ...}
     * @param size bytes, as the manifest says
     * @param refused the URLs that are not asked
     */
    record Wanted(String what, String repositoryName, long size, ForeignRules rules, List<Refusal> refused) {}

    /**
     * @param calls under rules that know no registry, so that nothing is shown credentials
     * @param turns shared by all downloads of the blob
     * @param turn how many of the URLs that would be asked first are asked last, as others ask them already
     */
    ForeignCalls(RegistryCalls calls, Wanted wanted, UrlOrder turns, RegistryHost upstream,
            Consumer<Event> events,
            CancellableCall call, int turn) {
        this.turn = turn;
        this.calls = calls;
        this.wanted = wanted;
        this.turns = turns;
        this.upstream = upstream;
        this.events = events;
        this.call = call;
    }

    @Override
    public String failed() {
        ForeignUrl last = used;
        return wanted.what() + (last == null ? "" : " at " + last) + " failed: ";
    }

    @Override
    public Reply begin(RequestedRange part, @Nullable UpstreamException failure)
            throws OriginException, InterruptedException {
        ForeignUrl last = used;
        if (failure != null && last != null) {
            turns.failed(last);
            events.accept(new UpstreamEvent.PassedOver(upstream, String.valueOf(failure.getMessage())));
        }
        List<Refusal> refusals = new ArrayList<>(wanted.refused());
        List<UpstreamException> failures = new ArrayList<>();
        List<ForeignUrl> inTurn = turns.now();
        Collections.rotate(inTurn, -turn);
        for (ForeignUrl url : inTurn) {
            used = url;
            try {
                Reply reply = accepted(send(url, part), part);
                turns.answered(url);
                return reply;
            } catch (UpstreamException e) {
                if (call.isClosed()) {
                    throw e;
                }
                events.accept(new UpstreamEvent.PassedOver(upstream, String.valueOf(e.getMessage())));
                if (e.reason() == FailureReason.AGAINST_RULES) {
                    refusals.add(refusal(url, e));
                } else {
                    failures.add(e);
                }
            }
        }
        used = null;
        if (failures.isEmpty()) {
            throw new ForeignRefusedException(wanted.what(), refusals);
        }
        throw all(failures, refusals);
    }

    private Reply send(ForeignUrl url, RequestedRange part) throws OriginException, InterruptedException {
        Request.Builder request = new Request.Builder().url(url.address());
        if (part.isRange()) {
            request.header("Range", part.header());
        }
        RegistryRequest ask = new RegistryRequest(wanted.what() + " at " + url, RequestKind.FOREIGN,
                wanted.repositoryName(), request.build(),
                Optional.empty());
        return calls.send(ask, url.address(), this::dials);
    }

    private void dials(Call next) {
        asked = next.request().url();
        call.dials(next);
    }

    private Reply accepted(Reply reply, RequestedRange part) throws UpstreamException {
        int status = reply.response().code();
        boolean isBlob = status == 200 || (part.isRange() && status == 206);
        if (!isBlob) {
            reply.close();
            throw new UpstreamException(reason(status), failed() + "it answered " + status);
        }
        OptionalLong size = size(reply);
        if (size.isPresent() && size.getAsLong() != wanted.size()) {
            reply.close();
            throw new UpstreamException(FailureReason.BAD_ANSWER, failed() + "what it has is " + size.getAsLong()
                    + " bytes long, and the manifest says " + wanted.size());
        }
        return reply;
    }

    private OptionalLong size(Reply reply) throws UpstreamException {
        Response response = reply.response();
        boolean answered = false;
        try {
            OptionalLong size = response.code() == 200
                    ? StatedLength.of(response, failed())
                    : ContentRange.totalOf(response);
            answered = true;
            return size;
        } finally {
            if (!answered) {
                reply.close();
            }
        }
    }

    /** What a server of files says with a status; a no is no reason to ask it again soon. */
    private static FailureReason reason(int status) {
        return switch (status) {
            case 408, 425, 429 -> FailureReason.SERVER_ERROR;
            default -> status >= 500
                    ? FailureReason.SERVER_ERROR
                    : status >= 400 ? FailureReason.NOT_FOUND : FailureReason.BAD_ANSWER;
        };
    }

    private Refusal refusal(ForeignUrl url, UpstreamException failure) {
        HttpUrl at = asked;
        return at != null && failure.getCause() instanceof IOException cause && AddressRefusedException.isCauseOf(cause)
                ? wanted.rules().privateAddress(url, at)
                : new Refusal(url.toString(), String.valueOf(failure.getMessage()), Optional.empty());
    }

    /** What came of asking all: worth another attempt if one of them is. */
    private static UpstreamException all(List<UpstreamException> failures, List<Refusal> refusals) {
        UpstreamException first = failures.stream().filter(UpstreamException::isRetryable).findFirst()
                .orElse(failures.getFirst());
        if (failures.size() == 1 && refusals.isEmpty()) {
            return first;
        }
        String messages = failures.stream().limit(MOST_IN_WORDS).map(UpstreamException::getMessage)
                .collect(Collectors.joining("; "));
        String more = failures.size() > MOST_IN_WORDS ? "; and " + (failures.size() - MOST_IN_WORDS) + " more" : "";
        String refused = refusals.isEmpty() ? "" : "; " + Refusal.inWords(refusals);
        return first.isRetryable()
                ? new UpstreamException(first.reason(), messages + more + refused, first, null)
                : UpstreamException.last(first.reason(), messages + more + refused, first);
    }
}

package dev.freshet.proxy.upstream.call;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.guard.Failure;
import dev.freshet.proxy.upstream.guard.RetryAfter;
import dev.freshet.proxy.upstream.redirect.PublicAddresses.AddressRefusedException;
import dev.freshet.proxy.upstream.socket.ArrivedBytes;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;

/** What an answer's status means, which depends on who gave it: the registry's word is final, its storage's is not. */
public final class ResponseClassifier {

    private static final Pattern REFERRER_TAG = Pattern.compile("sha(256-[0-9a-f]{64}|512-[0-9a-f]{128})(\\..*)?");

    private ResponseClassifier() {}

    /**
     * The failure that an answer other than a success stands for.
     *
     * @param failed the beginning of the message
     */
    public static UpstreamException refusal(String failed, Reply reply, InstantSource clock) {
        Response response = reply.response();
        int status = response.code();
        HttpUrl url = response.request().url();
        String message = failed + switch (reply.source()) {
            case REGISTRY -> "the registry answered " + status + hint(status);
            case OTHER_REGISTRY -> "the registry at " + url.host() + ", to which it redirects, answered " + status
                    + (status == 401 || status == 403 ? ConfigHint.toAddUpstream(url) : "");
            case STORAGE -> "its storage at " + url.host() + " answered " + status;
        };
        Duration retryAfter = reply.heldOff().isPositive()
                ? reply.heldOff()
                : RetryAfter.of(response.header("Retry-After"), response.header("Date"), clock.instant()).orElse(null);
        if (reply.fromRegistry() && isOfTheRequest(status)) {
            return UpstreamException.last(FailureReason.BAD_ANSWER, message, null);
        }
        return new UpstreamException(reply.fromRegistry() ? registryReason(status) : storageReason(status), message,
                null,
                retryAfter);
    }

    /** Whether the registry has something against the request, which it has then also the next time. */
    private static boolean isOfTheRequest(int status) {
        return switch (status) {
            case 401, 403, 404, 408, 410, 421, 425, 429 -> false;
            default -> status / 100 == 4;
        };
    }

    /**
     * The same, for an answer to this request: where something else comes than what is looked for in doubt, it is inferred not
     * to be there.
     *
     * @param failed the beginning of the message
     */
    public static UpstreamException refusal(String failed, Reply reply, RegistryRequest ask, InstantSource clock) {
        UpstreamException refusal = refusal(failed, reply, clock);
        int status = reply.response().code();
        boolean isOther = reply.fromRegistry()
                ? isList(ask) && isNoEndpoint(status)
                : (isOptional(ask) && (status == 404 || status == 410)) || (isList(ask) && isNoEndpoint(status));
        return isOther ? UpstreamException.inferred(String.valueOf(refusal.getMessage()), refusal) : refusal;
    }

    /**
     * What a failure of this request means. Where something else comes than what is looked for in doubt, it is not there, and
     * otherwise the answer is a bad one. A redirect that is not followed, such as one to a login page, is not where a registry
     * keeps its lists.
     */
    public static UpstreamException failure(RegistryRequest ask, UpstreamException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure.isInferred() && !isOptional(ask)) {
            return new UpstreamException(FailureReason.BAD_ANSWER, message, failure.getCause(), null);
        }
        return failure.isInferred() || (failure.reason() == FailureReason.AGAINST_RULES && isList(ask))
                ? UpstreamException.inferred(message + "; so the registry counts as not having it", failure)
                : failure;
    }

    /**
     * Whether clients ask for it to find out whether there is any: lists, and the tags under which signatures and referrers are
     * looked for (OCI distribution spec 1.1, "Referrers Tag Schema"; cosign's {@code .sig}, {@code .att}, {@code .sbom}).
     * Registries, and what stands before them, answer that with pages of all kinds.
     */
    private static boolean isOptional(RegistryRequest ask) {
        return isList(ask) || (ask.kind() == RequestKind.MANIFEST && ask.request().method().equals("GET")
                && REFERRER_TAG.matcher(ask.request().url().pathSegments().getLast()).matches());
    }

    private static boolean isList(RegistryRequest ask) {
        return switch (ask.kind()) {
            case TAGS, REFERRERS -> true;
            case MANIFEST, BLOB, STORAGE, TOKEN, FOREIGN -> false;
        };
    }

    /** Whether a status says neither that it works nor that it fails, nor anything about who asks, or how often. */
    private static boolean isNoEndpoint(int status) {
        return switch (status) {
            case 401, 402, 403, 404, 407, 408, 410, 421, 423, 425, 429, 451 -> false;
            case 501 -> true;
            default -> status < 500;
        };
    }

    /** What to do about what the registry says of who asks; it is the last word, as all accounts have been tried. */
    private static String hint(int status) {
        return switch (status) {
            case 401 -> "; check the upstream's username and password, and the repository's name";
            case 403 -> "; check what the upstream's username may pull, and the repository's name";
            default -> "";
        };
    }

    private static FailureReason registryReason(int status) {
        return switch (status) {
            case 404, 410 -> FailureReason.NOT_FOUND;
            case 401 -> FailureReason.UNAUTHORIZED;
            case 403 -> FailureReason.FORBIDDEN;
            case 429 -> FailureReason.RATE_LIMITED;
            default -> status >= 500 ? FailureReason.SERVER_ERROR : FailureReason.BAD_ANSWER;
        };
    }

    private static FailureReason storageReason(int status) {
        if (isUrlRefused(status)) {
            return FailureReason.SIGNED_URL_REFUSED;
        }
        return status >= 500 || status == 429 ? FailureReason.SERVER_ERROR : FailureReason.BAD_ANSWER;
    }

    /** Whether a storage says with this that it does not take the signed URL, or not any more. */
    public static boolean isUrlRefused(int status) {
        return switch (status) {
            case 400, 401, 403 -> true;
            default -> false;
        };
    }

    /**
     * What a missing answer says of the registry as a whole; empty for a call that was given up for other reasons. A registry that is connected and takes
     * its time for a blob, perhaps as it fetches that itself, is there.
     */
    static Optional<Failure> serverFailure(IOException failure, Call call, ArrivedBytes arrived, RequestKind kind) {
        boolean isLate = failure instanceof InterruptedIOException;
        if ((call.isCanceled() && !isLate) || AddressRefusedException.isCauseOf(failure)) {
            return Optional.empty();
        }
        HttpUrl url = call.request().url();
        boolean isWhole = !arrived.isConnected() || isOfConnecting(failure);
        if (isLate && !isWhole && kind == RequestKind.BLOB) {
            return Optional.empty();
        }
        return Optional.of(new Failure(isLate ? FailureReason.STALLED : FailureReason.UNREACHABLE,
                url.host() + ":" + url.port() + " gave no answer: " + Reasons.of(failure),
                isWhole ? Optional.empty() : Optional.of(url.encodedPath())));
    }

    /** What an answer says of the registry as a whole; empty when it works. What it does not implement (501) is not wrong. */
    static Optional<Failure> serverFailure(int status, HttpUrl url) {
        return status < 500 || status == 501
                ? Optional.empty()
                : Optional.of(
                        new Failure(FailureReason.SERVER_ERROR, url.host() + ":" + url.port() + " answered " + status,
                                Optional.of(url.encodedPath())));
    }

    /** Whether it failed before anything was asked, though an idle connection may have been tried before. */
    private static boolean isOfConnecting(IOException failure) {
        return failure instanceof UnknownHostException || failure instanceof ConnectException
                || failure instanceof NoRouteToHostException || failure instanceof SSLException;
    }
}

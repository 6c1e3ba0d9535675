package dev.freshet.proxy.upstream;

import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.limit.RetryAfter;
import java.time.Duration;
import java.time.InstantSource;
import okhttp3.Response;

/** What an answer's status means, which depends on who gave it: the registry's word is final, its storage's is not. */
final class Verdicts {

    private Verdicts() {}

    /**
     * The failure that an answer other than a success stands for.
     *
     * @param failed the beginning of the message
     */
    static UpstreamException refusal(String failed, Reply reply, InstantSource clock) {
        Response response = reply.response();
        int status = response.code();
        String message = failed + (reply.fromRegistry()
                ? "the registry"
                : "its storage at "
                        + response.request().url().host())
                + " answered " + status + (reply.fromRegistry() ? advice(status) : "");
        Duration retryAfter = reply.heldOff().isPositive()
                ? reply.heldOff()
                : RetryAfter.of(response.header("Retry-After"), response.header("Date"), clock.instant()).orElse(null);
        if (reply.fromRegistry() && isOfTheRequest(status)) {
            return UpstreamException.last(Kind.BAD_ANSWER, message, null);
        }
        return new UpstreamException(reply.fromRegistry() ? registryKind(status) : storageKind(status), message, null,
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
     * The same, for an answer to a request of this kind: registries that know nothing of referrers do not all say 404.
     *
     * @param failed the beginning of the message
     */
    static UpstreamException refusal(String failed, Reply reply, RequestKind kind, InstantSource clock) {
        UpstreamException refusal = refusal(failed, reply, clock);
        boolean isNoEndpoint = switch (reply.response().code()) {
            case 400, 405, 406, 501 -> kind == RequestKind.REFERRERS && reply.fromRegistry();
            default -> false;
        };
        return isNoEndpoint
                ? new UpstreamException(Kind.NOT_FOUND, String.valueOf(refusal.getMessage()), refusal, null)
                : refusal;
    }

    /** What to do about what the registry says of who asks; it is the last word, as all accounts have been tried. */
    private static String advice(int status) {
        return switch (status) {
            case 401 -> "; check the upstream's username and password, and the repository's name";
            case 403 -> "; check what the upstream's username may pull, and the repository's name";
            default -> "";
        };
    }

    private static Kind registryKind(int status) {
        return switch (status) {
            case 404, 410 -> Kind.NOT_FOUND;
            case 401 -> Kind.UNAUTHORIZED;
            case 403 -> Kind.FORBIDDEN;
            case 429 -> Kind.RATE_LIMITED;
            default -> status >= 500 ? Kind.SERVER_ERROR : Kind.BAD_ANSWER;
        };
    }

    private static Kind storageKind(int status) {
        if (isUrlRefused(status)) {
            return Kind.SIGNED_URL_REFUSED;
        }
        return status >= 500 || status == 429 ? Kind.SERVER_ERROR : Kind.BAD_ANSWER;
    }

    /** Whether a storage says with this that it does not take the signed URL, or not any more. */
    static boolean isUrlRefused(int status) {
        return switch (status) {
            case 400, 401, 403 -> true;
            default -> false;
        };
    }
}

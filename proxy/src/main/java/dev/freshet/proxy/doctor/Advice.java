package dev.freshet.proxy.doctor;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.UpstreamException.Kind;

/** What to do about the failure of a check. */
final class Advice {

    private Advice() {}

    /** A failure's message, with what to do at its end if it does not say that itself. */
    static String complete(String message, Check check, OriginException failure) {
        boolean isThere = message.contains("; ");
        return isThere || !(failure instanceof UpstreamException upstream)
                ? message
                : message + "; " + of(check, upstream.kind());
    }

    private static String of(Check check, Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> check == Check.API
                    ? "check the upstream's url: no registry answers there"
                    : "name an image that it has with --image";
            case UNAUTHORIZED -> "check the upstream's username and password";
            case FORBIDDEN -> "check what the upstream's username may pull, or name another image with --image";
            case RATE_LIMITED -> "wait, or set the upstream's username and password, which mostly may ask more often";
            case AGAINST_RULES -> "check the upstream's redirect-hosts, manifest-hosts and token-hosts";
            case UNREACHABLE -> check == Check.NAME
                    ? "check the upstream's url, and this machine's name server"
                    : "check the upstream's url, and what is between here and there";
            case STALLED -> "check what is between here and there, and whether others can reach it";
            case SERVER_ERROR -> "the fault is the registry's: try again later";
            case SIGNED_URL_REFUSED -> "check this machine's clock, and what changes requests on their way";
            case BAD_ANSWER ->
                "check that the upstream's url is of a registry, and that nothing on the way answers for it";
        };
    }
}

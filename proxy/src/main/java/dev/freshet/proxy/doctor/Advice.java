package dev.freshet.proxy.doctor;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.UpstreamException;

/** The advice for a failed check. */
final class Advice {

    private Advice() {}

    /** The message of a failure, followed by advice if the message has none. */
    static String complete(String message, Check check, OriginException failure) {
        boolean isThere = message.contains("; ");
        return isThere || !(failure instanceof UpstreamException upstream)
                ? message
                : message + "; " + of(check, upstream.reason());
    }

    private static String of(Check check, FailureReason reason) {
        return switch (reason) {
            case NOT_FOUND -> check == Check.API
                    ? "check the upstream's url: no registry answers there"
                    : "use --image with an image that the registry has";
            case UNAUTHORIZED -> "check the upstream's username and password";
            case FORBIDDEN -> "check what the upstream's username may pull, or use --image with another image";
            case RATE_LIMITED ->
                "wait, or set the upstream's username and password: accounts mostly have a higher limit";
            case AGAINST_RULES -> "check the upstream's redirect-hosts, manifest-hosts and token-hosts";
            case UNREACHABLE -> check == Check.NAME
                    ? "check the upstream's url, and the name server of this machine"
                    : "check the upstream's url, and any proxy or firewall in between";
            case STALLED -> "check any proxy or firewall in between, and whether other machines can reach it";
            case SERVER_ERROR -> "the registry itself failed: try again later";
            case SIGNED_URL_REFUSED -> "check the clock of this machine, and any proxy that changes requests";
            default -> "check that the upstream's url is a registry, and that no proxy in between answers for it";
        };
    }
}

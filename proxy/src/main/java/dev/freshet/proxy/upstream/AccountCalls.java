package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.proxy.upstream.RegistryCalls.Ask;
import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.auth.Accounts;
import dev.freshet.proxy.upstream.auth.Asker;
import dev.freshet.proxy.upstream.auth.Authorizer.Renewal;
import dev.freshet.proxy.upstream.limit.Turn;
import java.util.Iterator;
import java.util.Optional;

/**
 * Asks a registry as one of its accounts, within the account's limits: twice at most, with what it shows at once and with
 * what it shows after a 401. The next account is tried where one is refused, or was asked too often, each once.
 */
final class AccountCalls {

    private final Accounts accounts;
    private final CallLimits limits;

    AccountCalls(Accounts accounts, CallLimits limits) {
        this.accounts = accounts;
        this.limits = limits;
    }

    /** This account has nothing to show that is not refused, or must not be used now. */
    private static final class NotThisOneException extends Exception {

        private static final long serialVersionUID = 1L;

        private final OriginException failure;

        NotThisOneException(OriginException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    /** Sends a request once. */
    @FunctionalInterface
    interface Sender {

        /**
         * Sends it and waits for the answer's head.
         *
         * @param authorization the header's value; empty for none
         */
        Reply send(Optional<String> authorization) throws OriginException, InterruptedException;
    }

    /**
     * The first answer that is not about who asks; the last account's, or the first failure, when there is none.
     *
     * @param failed the beginning of a message about this request's failure
     * @param answered is told when the registry has answered 401, after all that comes of it
     */
    Reply send(Ask ask, String failed, Runnable answered, Sender sender)
            throws OriginException, InterruptedException {
        Iterator<Asker> turn = accounts.inTurn(CallLimits.counted(ask)).iterator();
        OriginException first = null;
        while (true) {
            Asker asker = turn.next();
            try {
                Reply reply = within(asker, ask, failed, answered, sender);
                if (!turn.hasNext() || !isAboutTheAccount(reply.response().code())) {
                    return reply;
                }
                reply.release();
            } catch (NotThisOneException e) {
                first = first == null ? e.failure : first;
                if (!turn.hasNext()) {
                    throw first;
                }
            }
        }
    }

    private Reply within(Asker asker, Ask ask, String failed, Runnable answered, Sender sender)
            throws NotThisOneException, OriginException, InterruptedException {
        try (Turn leave = leave(asker, ask, failed)) {
            return limits.noted(asker.account(), ask, leave, challenged(asker, ask, failed, answered, sender));
        }
    }

    private Turn leave(Asker asker, Ask ask, String failed) throws NotThisOneException {
        try {
            return limits.enter(asker.account(), ask, failed);
        } catch (UpstreamException e) {
            throw new NotThisOneException(e);
        }
    }

    private Reply challenged(Asker asker, Ask ask, String failed, Runnable answered, Sender sender)
            throws NotThisOneException, OriginException, InterruptedException {
        Optional<String> authorization = authorization(asker, ask);
        Reply reply = sender.send(authorization);
        if (reply.response().code() != 401) {
            return reply;
        }
        reply.release();
        try {
            return sender.send(Optional.of(renewed(asker, ask, failed, reply, authorization)));
        } finally {
            answered.run();
        }
    }

    private Optional<String> authorization(Asker asker, Ask ask) throws NotThisOneException, InterruptedException {
        try {
            return asker.authorizer().authorization(ask.scope());
        } catch (OriginException e) {
            accounts.refused(asker);
            throw new NotThisOneException(e);
        }
    }

    private String renewed(Asker asker, Ask ask, String failed, Reply reply, Optional<String> refused)
            throws NotThisOneException, InterruptedException {
        try {
            return switch (asker.authorizer().renew(reply.response().challenges(), ask.scope(), refused)) {
                case Renewal.Authorized(String renewed) -> renewed;
                case Renewal.Impossible(String reason) ->
                    throw new UpstreamException(Kind.UNAUTHORIZED, failed + "401, " + reason);
            };
        } catch (OriginException e) {
            accounts.refused(asker);
            throw new NotThisOneException(e);
        }
    }

    private static boolean isAboutTheAccount(int status) {
        return switch (status) {
            case 401, 403, 429 -> true;
            default -> false;
        };
    }
}

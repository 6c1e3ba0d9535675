package dev.freshet.proxy.upstream.call;
import dev.freshet.proxy.upstream.guard.RetryAfter;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.Account;
import dev.freshet.proxy.upstream.auth.Accounts;
import dev.freshet.proxy.upstream.auth.Authorizer.Renewal;
import dev.freshet.proxy.upstream.auth.CredentialsRefusedException;
import dev.freshet.proxy.upstream.call.RegistryCalls.RegistryRequest;
import dev.freshet.proxy.upstream.call.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.guard.Permit;
import java.util.Iterator;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a registry as one of its accounts, within the account's limits: twice at most, with what it shows at once and with
 * what it shows after a refusal, which may be a 401 or, of what was shown, a 400 or a 403. The next account is tried where one
 * is refused, or was asked too often, each once.
 */
public final class AccountCalls {

    private static final Logger LOG = LoggerFactory.getLogger(AccountCalls.class);

    private final Accounts accounts;
    private final CallLimits limits;

    public AccountCalls(Accounts accounts, CallLimits limits) {
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
    public interface Sender {

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
    public Reply send(RegistryRequest ask, String failed, Runnable answered, Sender sender)
            throws OriginException, InterruptedException {
        Iterator<Account> turn = accounts.inTurn(CallLimits.counted(ask)).iterator();
        OriginException first = null;
        while (true) {
            Account account = turn.next();
            try {
                Reply reply = within(account, ask, failed, answered, sender);
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

    private Reply within(Account account, RegistryRequest ask, String failed, Runnable answered, Sender sender)
            throws NotThisOneException, OriginException, InterruptedException {
        try (Permit permit = permit(account, ask, failed)) {
            return limits.noted(account.name(), ask, permit, challenged(account, ask, failed, answered, sender));
        }
    }

    private Permit permit(Account account, RegistryRequest ask, String failed) throws NotThisOneException {
        try {
            return limits.permit(account.name(), ask, failed);
        } catch (UpstreamException e) {
            throw new NotThisOneException(e);
        }
    }

    private Reply challenged(Account account, RegistryRequest ask, String failed, Runnable answered, Sender sender)
            throws NotThisOneException, OriginException, InterruptedException {
        Optional<String> authorization = authorization(account, ask, failed);
        Reply reply = sender.send(authorization);
        int status = reply.response().code();
        Optional<String> renewed = Optional.empty();
        if (status == 401) {
            reply.release();
            renewed = Optional.of(renewed(account, ask, failed, reply, authorization));
        } else if (authorization.isPresent() && (status == 400 || status == 403)) {
            renewed = anew(account, ask, failed, authorization.get(), reply);
        }
        if (renewed.isEmpty()) {
            return judged(account, ask, failed, authorization, reply);
        }
        reply.release();
        try {
            return judged(account, ask, failed, renewed, sender.send(renewed));
        } finally {
            answered.run();
        }
    }

    /**
     * What to show instead of what was refused without a challenge; empty when there is nothing else, or it cannot be had: the
     * registry's refusal stands then.
     */
    private Optional<String> anew(Account account, RegistryRequest ask, String failed, String refused, Reply reply)
            throws NotThisOneException, InterruptedException {
        try {
            return account.authorizer().anew(ask.scope(), refused);
        } catch (CredentialsRefusedException e) {
            reply.release();
            throw notThisOne(account, failed, e);
        } catch (OriginException e) {
            LOG.debug("{}what was refused could not be renewed: {}", failed, e.getMessage());
            return Optional.empty();
        }
    }

    /** The same answer, unless it says that the account itself is refused. */
    private Reply judged(Account account, RegistryRequest ask, String failed, Optional<String> shown, Reply reply)
            throws NotThisOneException, InterruptedException {
        if (shown.isEmpty()) {
            return reply;
        }
        int status = reply.response().code();
        Optional<CredentialsRefusedException> refused = Optional.empty();
        boolean isJudged = false;
        try {
            refused = account.authorizer().answered(shown.get(), status, ask.scope());
            isJudged = true;
        } finally {
            if (!isJudged) {
                reply.close();
            }
        }
        if (refused.isPresent()) {
            reply.release();
            throw notThisOne(account, failed, refused.get());
        }
        return reply;
    }

    private NotThisOneException notThisOne(Account account, String failed, OriginException failure) {
        accounts.refused(account);
        return new NotThisOneException(failure instanceof CredentialsRefusedException refused
                ? UpstreamException.credentialsRefused(failed + "the credentials of " + account.name()
                        + " are refused, and are not shown again for " + RetryAfter.inSeconds(refused.left()) + ": "
                        + refused.getMessage(), refused, refused.left(), refused.isOfNow())
                : failure);
    }

    private Optional<String> authorization(Account account, RegistryRequest ask, String failed)
            throws NotThisOneException, InterruptedException {
        try {
            return account.authorizer().authorization(ask.scope());
        } catch (OriginException e) {
            throw notThisOne(account, failed, e);
        }
    }

    private String renewed(Account account, RegistryRequest ask, String failed, Reply reply, Optional<String> refused)
            throws NotThisOneException, InterruptedException {
        try {
            return switch (account.authorizer().renew(reply.response().challenges(), ask.scope(), refused)) {
                case Renewal.Authorized(String renewed) -> renewed;
                case Renewal.Impossible(String reason) ->
                    throw new UpstreamException(Kind.UNAUTHORIZED, failed + "401, " + reason);
            };
        } catch (OriginException e) {
            throw notThisOne(account, failed, e);
        }
    }

    private static boolean isAboutTheAccount(int status) {
        return switch (status) {
            case 401, 403, 429 -> true;
            default -> false;
        };
    }
}

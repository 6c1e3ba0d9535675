package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.Accounts;
import dev.freshet.proxy.upstream.auth.Accounts.Account;
import dev.freshet.proxy.upstream.auth.Authorizer.Renewal;
import dev.freshet.proxy.upstream.auth.CredentialSource.CredentialsRefusedException;
import dev.freshet.proxy.upstream.call.Step.Attempt;
import dev.freshet.proxy.upstream.call.TryAccounts.UnusableException;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.guard.RetryAfter;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step that authorises a request to a registry: sends it twice at most, with what the account shows at once, and with
 * what it shows after a refusal, which may be a 401 or, of what was shown, a 400 or a 403.
 */
record Authorize() implements Step {

    private static final Logger LOG = LoggerFactory.getLogger(Authorize.class);

    @Override
    public Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException {
        return attempt.account().isEmpty()
                ? next.proceed(attempt)
                : new Authorization(attempt, attempt.account().get(), attempt.server().orElseThrow().accounts(),
                        attempt.permit().orElseThrow(), attempt.ask().scope(), attempt.failedThere()).send(next);
    }

    /** One request as one account. */
    private record Authorization(Attempt attempt, Account account, Accounts accounts, Permit permit, String scope,
            String failed) {

        Reply send(Chain next) throws OriginException, InterruptedException {
            Optional<String> shown = atFirst();
            Reply reply = sendShowing(shown, next);
            int status = reply.response().code();
            Optional<String> renewed = Optional.empty();
            if (status == 401) {
                reply.release();
                renewed = Optional.of(afterChallenge(reply, shown));
            } else if (shown.isPresent() && (status == 400 || status == 403)) {
                renewed = afterRefusal(reply, shown.get());
            }
            if (renewed.isEmpty()) {
                return judged(shown, reply);
            }
            reply.release();
            try {
                return judged(renewed, sendShowing(renewed, next));
            } finally {
                permit.answered();
            }
        }

        /** Another registry is asked anonymously, which no password mends. */
        private Reply sendShowing(Optional<String> authorization, Chain next)
                throws OriginException, InterruptedException {
            Reply reply = next.proceed(attempt.showing(authorization));
            boolean isOther = attempt.server().orElseThrow().isOther();
            if (isOther && reply.response().code() == 401 && !reply.wantsToken()) {
                reply.release();
                permit.answered();
                throw new UpstreamException(FailureReason.UNAUTHORIZED,
                        failed + "401, it wants a user name and a password"
                                + ConfigHint.toAddUpstream(attempt.url()));
            }
            return reply;
        }

        private Optional<String> atFirst() throws UnusableException, InterruptedException {
            try {
                return account.authorizer().authorization(scope);
            } catch (OriginException e) {
                throw unusable(e);
            }
        }

        private String afterChallenge(Reply reply, Optional<String> refused)
                throws OriginException, InterruptedException {
            Renewal renewal;
            try {
                renewal = account.authorizer().renew(reply.response().challenges(), scope, refused);
            } catch (OriginException e) {
                throw unusable(e);
            }
            return switch (renewal) {
                case Renewal.Authorized(String renewed) -> renewed;
                case Renewal.Impossible(String reason) ->
                    throw unusable(new UpstreamException(FailureReason.UNAUTHORIZED, failed + "401, " + reason));
            };
        }

        /**
         * What to show instead of what was refused without a challenge; empty when there is nothing else, or it is not
         * available: the registry's refusal stands then.
         */
        private Optional<String> afterRefusal(Reply reply, String refused)
                throws UnusableException, InterruptedException {
            try {
                return account.authorizer().anew(scope, refused);
            } catch (CredentialsRefusedException e) {
                reply.release();
                throw unusable(e);
            } catch (OriginException e) {
                LOG.debug("{}what was refused could not be renewed: {}", failed, e.getMessage());
                return Optional.empty();
            }
        }

        /** The same answer, unless it says that the account itself is refused. */
        private Reply judged(Optional<String> shown, Reply reply) throws UnusableException, InterruptedException {
            if (shown.isEmpty()) {
                return reply;
            }
            Optional<CredentialsRefusedException> refused = Optional.empty();
            boolean isJudged = false;
            try {
                refused = account.authorizer().answered(shown.get(), reply.response().code(), scope);
                isJudged = true;
            } finally {
                if (!isJudged) {
                    reply.close();
                }
            }
            if (refused.isPresent()) {
                reply.release();
                throw unusable(refused.get());
            }
            return reply;
        }

        private UnusableException unusable(OriginException failure) {
            accounts.refused(account);
            return new UnusableException(failure instanceof CredentialsRefusedException refused
                    ? UpstreamException.credentialsRefused(failed + "the credentials of " + account.name()
                            + " are refused, and are not shown again for " + RetryAfter.inSeconds(refused.left()) + ": "
                            + refused.getMessage(), refused, refused.left(), refused.isOfNow())
                    : failure);
        }
    }
}

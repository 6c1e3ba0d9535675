package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.auth.Accounts.Account;
import dev.freshet.proxy.upstream.call.Step.Attempt;
import java.util.Iterator;

/**
 * The step that asks a registry by its accounts, each once: the next where one is refused, or was asked too often. The answer
 * is the first that is not about the account, or the last account's; the failure is the first.
 */
record TryAccounts() implements Step {

    /** Says that an account has nothing to show that is not refused, or must not be used now. */
    static final class UnusableException extends OriginException {

        private static final long serialVersionUID = 1L;

        private final OriginException reason;

        UnusableException(OriginException reason) {
            super(reason.reason(), String.valueOf(reason.getMessage()), reason);
            this.reason = reason;
        }
    }

    @Override
    public Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException {
        if (attempt.server().isEmpty()) {
            return next.proceed(attempt);
        }
        Iterator<Account> accounts = attempt.server().get().accounts().inTurn(attempt.ask().bucket()).iterator();
        OriginException first = null;
        while (true) {
            Account account = accounts.next();
            try {
                Reply reply = next.proceed(attempt.as(account));
                if (!accounts.hasNext() || !isAboutTheAccount(reply.response().code())) {
                    return reply;
                }
                reply.release();
            } catch (UnusableException e) {
                first = first == null ? e.reason : first;
                if (!accounts.hasNext()) {
                    throw first;
                }
            }
        }
    }

    private static boolean isAboutTheAccount(int status) {
        return switch (status) {
            case 401, 403, 429 -> true;
            default -> false;
        };
    }
}

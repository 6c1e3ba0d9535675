package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows what one account shows. All methods may be called by any thread; those that throw may block. */
public interface CredentialSource {

    /** The source of an anonymous account. */
    CredentialSource ANONYMOUS = new CredentialSource() {

        @Override
        public Optional<Credential> credential() {
            return Optional.empty();
        }
    };

    /**
     * What to show now; empty for an anonymous account.
     *
     * @throws OriginException if that cannot be found out
     */
    Optional<Credential> credential() throws OriginException, InterruptedException;

    /**
     * What to show after this was refused; empty when there is nothing else.
     *
     * @throws OriginException if that cannot be found out
     */
    default Optional<Credential> insteadOf(Credential refused) throws OriginException, InterruptedException {
        return Optional.empty();
    }

    /**
     * What may be shown now; empty for an anonymous account.
     *
     * @param login tries what was refused before, when it is time to
     * @throws CredentialsRefusedException while what there is to show was refused, and is left alone
     * @throws OriginException if that cannot be found out
     */
    default Optional<Credential> showable(LoginCheck login) throws OriginException, InterruptedException {
        return credential();
    }

    /**
     * This was shown, and refused; {@link #insteadOf} knows nothing else.
     *
     * @param scope what was asked for; empty when nothing particular was
     * @param why who has refused it and what to do, without secrets
     * @param login tells whether the account is refused, or only has no right to this scope
     * @return what to say of it; empty when it is about the scope
     */
    default Optional<CredentialsRefusedException> refused(Credential shown, String scope, String why, LoginCheck login)
            throws InterruptedException {
        return Optional.empty();
    }

    /** This was shown, and taken. */
    default void accepted(Credential shown) {}

    /** A token server has given another identity token for this one, which it may not take again. */
    default void exchanged(Credential.IdentityToken used, Secret fresh) {}

    /** An account that is known by its name and password for ever. */
    static CredentialSource of(Credential.Login login) {
        return () -> Optional.of(login);
    }

    /** Says that what an account shows is refused, and is not shown for a while. */
    static final class CredentialsRefusedException extends OriginException {

        private static final long serialVersionUID = 1L;

        private final Duration left;
        private final boolean isOfNow;

        /**
         * @param why who has refused it and what to do, without secrets
         * @param left how long it is not shown from now on
         * @param isOfNow whether it was shown for this request; otherwise for an earlier one
         */
        CredentialsRefusedException(String why, Duration left, boolean isOfNow, @Nullable Throwable cause) {
            super(FailureReason.UNAUTHORIZED, why, cause);
            this.left = left;
            this.isOfNow = isOfNow;
        }

        /** How long it is not shown from now on. */
        public Duration left() {
            return left;
        }

        /** Whether it was shown for this request; otherwise for an earlier one. */
        public boolean isOfNow() {
            return isOfNow;
        }
    }

    /**
     * Shows what an account has where nothing else counts, as {@code docker login} does: to find out whether an account was
     * refused, or what it may do.
     */
    @FunctionalInterface
    interface LoginCheck {

        /** What comes of it. */
        enum Verdict {
            /** The account is known there. */
            TAKEN,
            /** It is not, or is locked. */
            REFUSED,
            /** The answer says nothing of it. */
            UNCLEAR
        }

        /**
         * Shows it once, and blocks until it is answered.
         *
         * @throws OriginException if it is not answered
         */
        Verdict show(Credential credential) throws OriginException, InterruptedException;
    }
}

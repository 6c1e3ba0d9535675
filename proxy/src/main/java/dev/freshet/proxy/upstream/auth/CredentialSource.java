package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import java.util.Optional;

/** Knows what one account shows. All methods may be called by any thread; those that throw may block. */
public interface CredentialSource {

    /** Nobody's: asks anonymously. */
    CredentialSource ANONYMOUS = new CredentialSource() {

        @Override
        public Optional<Proof> proof() {
            return Optional.empty();
        }
    };

    /**
     * What to show now; empty for nobody.
     *
     * @throws OriginException if that cannot be found out
     */
    Optional<Proof> proof() throws OriginException, InterruptedException;

    /**
     * What to show after this was refused; empty when there is nothing else.
     *
     * @throws OriginException if that cannot be found out
     */
    default Optional<Proof> insteadOf(Proof refused) throws OriginException, InterruptedException {
        return Optional.empty();
    }

    /**
     * What may be shown now; empty for an anonymous account.
     *
     * @param login tries what was refused before, when it is time to
     * @throws CredentialsRefusedException while what there is to show was refused, and is left alone
     * @throws OriginException if that cannot be found out
     */
    default Optional<Proof> showable(LoginCheck login) throws OriginException, InterruptedException {
        return proof();
    }

    /**
     * This was shown, and refused; {@link #insteadOf} knows nothing else.
     *
     * @param scope what was asked for; empty when nothing particular was
     * @param why who has refused it and what to do, without secrets
     * @param login tells whether the account is refused, or only has no right to this scope
     * @return what to say of it; empty when it is about the scope
     */
    default Optional<CredentialsRefusedException> refused(Proof shown, String scope, String why, LoginCheck login)
            throws InterruptedException {
        return Optional.empty();
    }

    /** This was shown, and taken. */
    default void accepted(Proof shown) {}

    /** A token server has given another identity token for this one, which it may not take again. */
    default void exchanged(Proof.Identity used, Secret fresh) {}

    /** An account that is known by its name and password for ever. */
    static CredentialSource of(Proof.Login login) {
        return () -> Optional.of(login);
    }
}

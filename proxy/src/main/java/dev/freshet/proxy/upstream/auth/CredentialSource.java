package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import java.util.Optional;

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
}

package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.flight.OriginException;
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

    /** A token server has given another identity token for this one, which it may not take again. */
    default void exchanged(Proof.Identity used, Secret fresh) {}

    /** An account that is known by its name and password for ever. */
    static CredentialSource of(Proof.Login login) {
        return () -> Optional.of(login);
    }
}

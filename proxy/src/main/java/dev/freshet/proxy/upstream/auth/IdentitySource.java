package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.Secret;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** An identity token as it is configured, and then whatever token servers give in exchange for it. */
public final class IdentitySource implements CredentialSource {

    private final AtomicReference<Proof.Identity> inUse;

    public IdentitySource(Secret token) {
        this.inUse = new AtomicReference<>(new Proof.Identity(token));
    }

    @Override
    public Optional<Proof> proof() {
        return Optional.of(inUse.get());
    }

    /** Another that has been exchanged since. */
    @Override
    public Optional<Proof> insteadOf(Proof refused) {
        return Optional.<Proof>of(inUse.get()).filter(proof -> !proof.equals(refused));
    }

    @Override
    public void exchanged(Proof.Identity used, Secret fresh) {
        inUse.updateAndGet(current -> current.equals(used) ? new Proof.Identity(fresh) : current);
    }
}

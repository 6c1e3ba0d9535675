package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.config.unit.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret as it is configured, or as its file holds it whenever it is asked for. A file that is missing, empty or no text
 * keeps what it held before, as programs that write it are not done at once. An identity token is what token servers have
 * given in exchange for it, until that is refused or the file holds another.
 */
final class SecretSource implements CredentialSource {

    private static final Logger LOG = LoggerFactory.getLogger(SecretSource.class);

    private final Function<Secret, Credential> credential;
    private final Optional<Path> file;
    private final ReentrantLock lock = new ReentrantLock();

    private Secret said;
    private Credential inUse;

    /**
     * @param credential what the account shows with a secret
     * @param secret as it is configured, or as the file has held it
     * @param file that holds it; empty when it never changes
     */
    public SecretSource(Function<Secret, Credential> credential, Secret secret, Optional<Path> file) {
        this.credential = credential;
        this.file = file;
        this.said = secret;
        this.inUse = credential.apply(secret);
    }

    @Override
    public Optional<Credential> credential() {
        Optional<Secret> held = file.flatMap(SecretSource::read);
        lock.lock();
        try {
            if (held.isPresent() && !held.get().equals(said)) {
                said = held.get();
                inUse = credential.apply(said);
            }
            return Optional.of(inUse);
        } finally {
            lock.unlock();
        }
    }

    /** What the file holds now, what was exchanged since, or what was configured when it was the exchanged one. */
    @Override
    public Optional<Credential> insteadOf(Credential refused) {
        Optional<Credential> now = credential();
        lock.lock();
        try {
            if (now.isPresent() && !now.get().equals(refused)) {
                return now;
            }
            Credential first = credential.apply(said);
            if (first.equals(refused)) {
                return Optional.empty();
            }
            inUse = first;
            return Optional.of(first);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void exchanged(Credential.IdentityToken used, Secret fresh) {
        lock.lock();
        try {
            inUse = inUse.equals(used) ? new Credential.IdentityToken(fresh) : inUse;
        } finally {
            lock.unlock();
        }
    }

    /** Empty when it holds nothing of use; what is no regular file, such as a pipe, was read once and would block. */
    private static Optional<Secret> read(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Secret.read(file)).filter(secret -> !secret.hasControls())
                    : Optional.empty();
        } catch (IOException | InvalidValueException e) {
            LOG.debug("{} is not read again now: {}", file, e.getClass().getSimpleName());
            return Optional.empty();
        }
    }
}

package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a command says of an account. Its answer is asked anew in the background after {@link #KEPT}, used on while the
 * command fails, for {@link #LONGEST} at most, and asked anew when it was refused. All who need an answer wait for one run;
 * after a failure, and after an answer that was refused, the command is left alone for {@link #PAUSE}.
 */
final class CommandSource implements CredentialSource {

    /** How old an answer is when another is asked for. */
    public static final Duration KEPT = Duration.ofMinutes(10);
    /** How old an answer may be when it is used. */
    public static final Duration LONGEST = Duration.ofHours(12);
    /** How long a command is left alone that is of no use. */
    public static final Duration PAUSE = Duration.ofSeconds(10);

    private final Command command;
    private final Executor executor;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Answer answer;
    private @Nullable Failure failure;
    private @Nullable CompletableFuture<Credential> running;

    /** Runs the command. */
    @FunctionalInterface
    interface Command {

        /**
         * Runs it, and blocks until it has ended.
         *
         * @throws OriginException if it does not say what to show
         */
        Credential run() throws OriginException, InterruptedException;
    }

    /**
     * What it has said.
     *
     * @param said its own words
     * @param inUse these, or what a token server has given in exchange for them
     * @param at when, in nanoseconds
     */
    private record Answer(Credential said, Credential inUse, long at) {}

    private record Failure(Throwable cause, long at) {}

    /** @param executor runs the command; must not be bounded by what waits for it */
    public CommandSource(Command command, Executor executor, Ticker ticker) {
        this.command = command;
        this.executor = executor;
        this.ticker = ticker;
    }

    @Override
    public Optional<Credential> credential() throws OriginException, InterruptedException {
        CompletableFuture<Credential> run;
        lock.lock();
        try {
            Answer known = answer;
            if (known == null || isOlder(known.at(), LONGEST)) {
                run = begun();
            } else {
                if (isOlder(known.at(), KEPT) && running == null && !isPausing()) {
                    begin(new CompletableFuture<>());
                }
                return Optional.of(known.inUse());
            }
        } finally {
            lock.unlock();
        }
        return Optional.of(Tokens.await(run, "run of a credential-command"));
    }

    @Override
    public Optional<Credential> insteadOf(Credential refused) throws OriginException, InterruptedException {
        CompletableFuture<Credential> run;
        lock.lock();
        try {
            Answer known = answer;
            if (known != null && !known.inUse().equals(refused)) {
                return Optional.of(known.inUse());
            }
            if (known != null && !isOlder(known.at(), PAUSE)) {
                return Optional.empty();
            }
            run = begun();
        } finally {
            lock.unlock();
        }
        return Optional.of(Tokens.await(run, "run of a credential-command"))
                .filter(credential -> !credential.equals(refused));
    }

    @Override
    public void exchanged(Credential.IdentityToken used, Secret fresh) {
        lock.lock();
        try {
            Answer known = answer;
            if (known != null && known.inUse().equals(used)) {
                answer = new Answer(known.said(), new Credential.IdentityToken(fresh), known.at());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The run that is under way, or a new one; the failure of the last one while it is left alone. */
    private CompletableFuture<Credential> begun() {
        CompletableFuture<Credential> known = running;
        if (known != null) {
            return known;
        }
        Failure last = failure;
        if (last != null && isPausing()) {
            return CompletableFuture.failedFuture(last.cause());
        }
        CompletableFuture<Credential> outcome = new CompletableFuture<>();
        begin(outcome);
        return outcome;
    }

    private void begin(CompletableFuture<Credential> outcome) {
        running = outcome;
        executor.execute(() -> run(outcome));
    }

    private void run(CompletableFuture<Credential> outcome) {
        try {
            Credential said = command.run();
            outcome.complete(ended(said));
        } catch (OriginException | RuntimeException | Error e) {
            failed(e);
            outcome.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            OriginException interrupted = new OriginException(FailureReason.UNREACHABLE,
                    "run of a credential-command was interrupted", e);
            failed(interrupted);
            outcome.completeExceptionally(interrupted);
        }
    }

    /** An answer that is the same as before does not undo an exchange. */
    private Credential ended(Credential said) {
        lock.lock();
        try {
            Answer before = answer;
            Credential inUse = before != null && before.said().equals(said) ? before.inUse() : said;
            answer = new Answer(said, inUse, ticker.read());
            failure = null;
            running = null;
            return inUse;
        } finally {
            lock.unlock();
        }
    }

    private void failed(Throwable cause) {
        lock.lock();
        try {
            failure = new Failure(cause, ticker.read());
            running = null;
        } finally {
            lock.unlock();
        }
    }

    private boolean isPausing() {
        Failure last = failure;
        return last != null && !isOlder(last.at(), PAUSE);
    }

    private boolean isOlder(long at, Duration age) {
        return ticker.read() - at >= age.toNanos();
    }
}

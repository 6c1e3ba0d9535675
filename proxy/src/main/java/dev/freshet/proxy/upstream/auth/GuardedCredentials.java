package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.auth.CredentialSource.CredentialsRefusedException;
import dev.freshet.proxy.upstream.auth.CredentialSource.LoginCheck;
import dev.freshet.proxy.upstream.auth.CredentialSource.LoginCheck.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The credentials of one account, which are left alone after they were refused: for {@link #FIRST}, and twice as long after
 * each further refusal, up to {@link #LONGEST}. Then they are shown once, to find out. Others, from a file or a command, are
 * shown at once. A refusal counts only when a {@link LoginCheck} confirms it: the account may just lack a right.
 *
 * <p>All methods may be called by any thread. Checks are made one at a time, so that a crowd that is refused makes one: who has waited
 * while the account was found to be known needs none of its own.
 */
public final class GuardedCredentials implements CredentialSource {

    /** How long credentials are left alone after their first refusal. */
    public static final Duration FIRST = Duration.ofSeconds(10);
    /** The longest time that they are left alone. */
    public static final Duration LONGEST = Duration.ofMinutes(10);
    /** How long a check answers for what it was made for: a repository that the account may not read. */
    public static final Duration EXCUSED = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(GuardedCredentials.class);

    /** For those who come while another shows them to find out. */
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int MOST_EXCUSES = 1_000;
    private static final int MOST_DOUBLINGS = 16;

    private final CredentialSource source;
    private final InstantSource clock;
    private final Ticker ticker;
    private final Listener listener;
    private final Cache<Excuse, Boolean> excuses;
    private final ReentrantLock checking = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable Refused refused;
    private volatile @Nullable Credential taken;
    private final AtomicLong knownTimes = new AtomicLong();
    private @Nullable Credential known;
    private boolean isProbed;
    private long heldBack;

    /** Hears when an account's credentials begin to be refused, and when this is over; must be short, must not throw. */
    interface Listener {

        /**
         * They are refused from now on.
         *
         * @param why who has refused them and what to do, without secrets
         */
        void refused(String why);

        /**
         * They are taken, after they were refused.
         *
         * @param heldBack how many requests have failed meanwhile without showing them
         */
        void taken(long heldBack);
    }

    /**
     * What is refused.
     *
     * @param since when the first refusal was, of this or of what was shown before
     * @param times how often this was refused in a row
     * @param untilNanos when it may be shown again
     * @param isLetThrough whether it was shown again where the answer tells nothing, so that the next one counts
     */
    private record Refused(Credential credential, String why, Instant since, int times, long untilNanos,
            boolean isLetThrough) {}

    /** A scope that this may not have, as an account that is known otherwise. */
    private record Excuse(Credential credential, String scope) {}

    GuardedCredentials(CredentialSource source, InstantSource clock, Ticker ticker, Listener listener) {
        this.source = source;
        this.clock = clock;
        this.ticker = ticker;
        this.listener = listener;
        this.excuses = Caffeine.newBuilder().maximumSize(MOST_EXCUSES).expireAfterWrite(EXCUSED).ticker(ticker)
                .executor(Runnable::run).build();
    }

    @Override
    public Optional<Credential> credential() throws OriginException, InterruptedException {
        return source.credential();
    }

    @Override
    public Optional<Credential> insteadOf(Credential shown) throws OriginException, InterruptedException {
        return source.insteadOf(shown).filter(other -> !isRefused(other));
    }

    @Override
    public void exchanged(Credential.IdentityToken used, Secret fresh) {
        source.exchanged(used, fresh);
    }

    @Override
    public Optional<Credential> showable(LoginCheck login) throws OriginException, InterruptedException {
        Optional<Credential> credential = source.credential();
        if (credential.isEmpty() || !isRefused(credential.get())) {
            return credential;
        }
        Optional<Credential> other = insteadOf(credential.get());
        if (other.isPresent() || !enter(credential.get())) {
            return other.isPresent() ? other : credential;
        }
        try {
            Verdict verdict = login.show(credential.get());
            switch (verdict) {
                case TAKEN -> over();
                case REFUSED -> throw again(credential.get(), false);
                case UNCLEAR -> LOG.debug("{}", again(credential.get(), true).getMessage());
            }
            return source.credential();
        } finally {
            leave();
        }
    }

    @Override
    public Optional<CredentialsRefusedException> refused(Credential shown, String scope, String why, LoginCheck login)
            throws InterruptedException {
        long before = knownTimes.get();
        checking.lockInterruptibly();
        try {
            if (isRefused(shown)) {
                return Optional.of(told(why, true));
            }
            Excuse excuse = new Excuse(shown, scope);
            boolean isKnownSince = knownTimes.get() != before && shown.equals(known) && !scope.isEmpty();
            if (isKnownSince || excuses.getIfPresent(excuse) != null) {
                return Optional.empty();
            }
            boolean isKnown = switch (scope.isEmpty() ? Verdict.REFUSED : verdict(shown, login)) {
                case TAKEN -> {
                    known = shown;
                    knownTimes.incrementAndGet();
                    yield true;
                }
                case REFUSED -> false;
                case UNCLEAR -> shown.equals(taken);
            };
            if (isKnown) {
                excuses.put(excuse, true);
                return Optional.empty();
            }
            begin(shown, why);
            return Optional.of(told(why, true));
        } finally {
            checking.unlock();
        }
    }

    @Override
    public void accepted(Credential shown) {
        taken = shown;
        Refused now = refused;
        if (now != null && (now.isLetThrough() || !now.credential().equals(shown))) {
            over();
        }
    }

    /** That they are refused, under the account's name; empty when they are not. */
    public Optional<RefusedCredentials> refusal(String account) {
        Refused now = refused;
        return now == null
                ? Optional.empty()
                : Optional.of(new RefusedCredentials(account, now.since(), now.why(),
                        clock.instant().plus(left(now))));
    }

    private Verdict verdict(Credential shown, LoginCheck login) throws InterruptedException {
        try {
            return login.show(shown);
        } catch (OriginException e) {
            LOG.debug("a check of credentials was not answered: {}", e.getMessage());
            return Verdict.UNCLEAR;
        }
    }

    private boolean isRefused(Credential credential) {
        Refused now = refused;
        return now != null && now.credential().equals(credential);
    }

    /**
     * Whether this is to be shown to find out; otherwise it is not refused any more.
     *
     * @throws CredentialsRefusedException while it must not be shown
     */
    private boolean enter(Credential credential) throws CredentialsRefusedException {
        lock.lock();
        try {
            Refused now = refused;
            if (now == null || !now.credential().equals(credential)) {
                return false;
            }
            if (isProbed || left(now).isPositive()) {
                heldBack++;
                throw told(now.why(), false);
            }
            isProbed = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            isProbed = false;
        } finally {
            lock.unlock();
        }
    }

    private void begin(Credential credential, String why) {
        boolean isFirst;
        lock.lock();
        try {
            Refused before = refused;
            isFirst = before == null;
            refused = new Refused(credential, why, before == null ? clock.instant() : before.since(), 1,
                    ticker.read() + FIRST.toNanos(), false);
        } finally {
            lock.unlock();
        }
        if (isFirst) {
            listener.refused(why);
        }
    }

    /** They were shown again, and not taken. */
    private CredentialsRefusedException again(Credential credential, boolean isLetThrough) {
        lock.lock();
        try {
            Refused now = refused;
            if (now != null && now.credential().equals(credential)) {
                Duration longer = FIRST.multipliedBy(1L << Math.min(now.times(), MOST_DOUBLINGS));
                refused = new Refused(credential, now.why(), now.since(), now.times() + 1, ticker.read()
                        + (longer.compareTo(LONGEST) < 0 ? longer : LONGEST).toNanos(), isLetThrough);
            }
            return told(now == null ? "" : now.why(), true);
        } finally {
            lock.unlock();
        }
    }

    private void over() {
        long failed;
        lock.lock();
        try {
            if (refused == null) {
                return;
            }
            refused = null;
            failed = heldBack;
            heldBack = 0;
        } finally {
            lock.unlock();
        }
        listener.taken(failed);
    }

    private CredentialsRefusedException told(String why, boolean isOfNow) {
        Refused now = refused;
        Duration left = now == null ? Duration.ZERO : left(now);
        return new CredentialsRefusedException(why, left.isPositive() ? left : SOON, isOfNow, null);
    }

    private Duration left(Refused now) {
        return Duration.ofNanos(Math.max(0, now.untilNanos() - ticker.read()));
    }

    /**
     * That what an account shows is refused.
     *
     * @param account its name
     * @param since when it was refused first
     * @param why who has refused it last and what to do, without secrets
     * @param nextTry the first moment at which it is shown again, unless it changes before
     */
    public record RefusedCredentials(String account, Instant since, String why, Instant nextTry) {}
}

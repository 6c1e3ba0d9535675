package dev.freshet.proxy.upstream.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Durations;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.document.ManifestCalls.ManifestHead;
import dev.freshet.proxy.upstream.registry.NegativeCache.Wanted;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How far one registry's answers to HEAD of manifests are believed: as far as GET has borne them out. Registries, and gateways
 * before them, refuse HEAD in many ways though GET works; at Docker Hub, HEAD is free and GET is counted.
 *
 * <ul>
 * <li>A HEAD that fails with an answer is followed by a GET, which decides.
 * <li>A refusal (404, 401 or 403) is believed without a GET for {@link #BELIEVED} after a GET was refused in the same way, if
 * HEAD has worked here before. When a GET of the same manifest works within a minute of the refusal, no refusal of that kind
 * is believed for {@link #DOUBTED}.
 * <li>Where GET works though HEAD fails, HEAD is not asked: for {@link #FIRST_PAUSE}, twice as long each time, at most for
 * {@link #LONGEST_PAUSE}. Where HEAD has worked before, only the second such failure in a row begins that.
 * <li>What is no answer of HEAD's own is believed at once: a registry that is away, asks to be left alone, or was not asked.
 * Where HEAD has never worked, the request after one that got no answer is a GET: some gateways are silent to HEAD only.
 * </ul>
 *
 * <p>All of it is in memory, bounded, and safe for use by several threads.
 */
final class HeadTrust {

    static final Duration BELIEVED = Duration.ofHours(1);
    static final Duration DOUBTED = Duration.ofDays(1);
    static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private static final Duration SAME_MOMENT = Duration.ofMinutes(1);
    private static final int MOST = 1_000;

    private final Ticker ticker;
    private final Duration negativeTtl;
    private final Cache<Wanted, FailureReason> failed;
    private final Cache<Wanted, UpstreamException> absent;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<FailureReason, Long> believedUntil = new EnumMap<>(FailureReason.class);
    private final Map<FailureReason, Long> doubtedUntil = new EnumMap<>(FailureReason.class);
    private boolean works;
    private boolean silent;
    private int contradictions;
    private long pausedUntil;
    private Duration pause = FIRST_PAUSE;

    /**
     * @param negativeTtl how long HEAD is not asked again for what it does not have
     * @param ticker nanoseconds since some fixed moment
     */
    HeadTrust(Duration negativeTtl, Ticker ticker) {
        this.negativeTtl = negativeTtl;
        this.ticker = ticker;
        this.pausedUntil = ticker.read();
        this.failed = Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(SAME_MOMENT).ticker(ticker)
                .executor(Runnable::run).build();
        this.absent = Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(negativeTtl).ticker(ticker)
                .executor(Runnable::run).build();
    }

    /** Says that HEAD was refused, which is known of HEAD only: it neither makes an absence nor ends one. */
    static final class RefusedByHeadException extends OriginException {

        private static final long serialVersionUID = 1L;

        private final transient Optional<UpstreamException> believed;

        private RefusedByHeadException(UpstreamException refusal, Optional<UpstreamException> believed) {
            super(refusal.reason(), String.valueOf(refusal.getMessage()), refusal);
            this.believed = believed;
        }

        /** Throws the refusal if it is believed; otherwise there is nothing that HEAD has said. */
        Optional<ManifestHead> unlessBelieved() throws UpstreamException {
            if (believed.isPresent()) {
                throw believed.get();
            }
            return Optional.empty();
        }
    }

    /** The failure of those who ask HEAD for what HEAD has said, believed, that there is none; empty when it has to be asked. */
    Optional<UpstreamException> absence(Wanted wanted) {
        return Optional.ofNullable(absent.getIfPresent(wanted))
                .map(refusal -> UpstreamException.remembered(refusal.getMessage() + ", less than "
                        + Durations.format(negativeTtl) + " ago (freshness.negative-ttl); try again after that"));
    }

    /**
     * Asks with HEAD.
     *
     * @throws RefusedByHeadException if it has failed with an answer, or names no digest
     * @throws UpstreamException if it has failed without one
     */
    Optional<ManifestHead> ask(Wanted wanted, NegativeCache.Question<ManifestHead> head)
            throws OriginException, InterruptedException {
        try {
            ManifestHead answer = head.ask();
            worked(wanted);
            return Optional.of(answer);
        } catch (UpstreamException e) {
            if (isNoAnswer(e)) {
                noteSilence(wanted, e);
                throw e;
            }
            throw new RefusedByHeadException(e, believes(wanted, e) ? Optional.of(e) : Optional.empty());
        }
    }

    /** Whether to ask with HEAD now; otherwise GET is asked at once. */
    boolean next() {
        lock.lock();
        try {
            boolean wasSilent = silent;
            silent = false;
            return !wasSilent && pausedUntil - ticker.read() <= 0;
        } finally {
            lock.unlock();
        }
    }

    private void worked(Wanted wanted) {
        failed.invalidate(wanted);
        lock.lock();
        try {
            works = true;
            contradictions = 0;
            pause = FIRST_PAUSE;
        } finally {
            lock.unlock();
        }
    }

    /** Notes a refusal; says whether it is believed, or a GET has to decide. */
    private boolean believes(Wanted wanted, UpstreamException refusal) {
        failed.put(wanted, refusal.reason());
        boolean isBelieved;
        lock.lock();
        try {
            isBelieved = works && isBefore(believedUntil.get(refusal.reason()));
        } finally {
            lock.unlock();
        }
        if (isBelieved && refusal.reason() == FailureReason.NOT_FOUND) {
            absent.put(wanted, refusal);
        }
        return isBelieved;
    }

    private void noteSilence(Wanted wanted, UpstreamException failure) {
        boolean isSilence = !failure.isHeldBack() && (failure.reason() == FailureReason.UNREACHABLE
                || failure.reason() == FailureReason.STALLED);
        lock.lock();
        try {
            if (isSilence && !works) {
                silent = true;
                failed.put(wanted, failure.reason());
            }
        } finally {
            lock.unlock();
        }
    }

    /** GET has brought the manifest. */
    void got(Wanted wanted) {
        absent.invalidate(wanted);
        FailureReason refusal = failed.asMap().remove(wanted);
        if (refusal != null) {
            contradicted(refusal);
        }
    }

    /** GET has failed. */
    void refused(Wanted wanted, UpstreamException failure) {
        FailureReason reason = failed.asMap().remove(wanted);
        if (reason == failure.reason() && reason.isDenial() && !isNoAnswer(failure)) {
            confirmed(reason);
        }
    }

    private void confirmed(FailureReason refusal) {
        lock.lock();
        try {
            if (works && !isBefore(doubtedUntil.get(refusal))) {
                believedUntil.put(refusal, ticker.read() + BELIEVED.toNanos());
            }
        } finally {
            lock.unlock();
        }
    }

    private void contradicted(FailureReason refusal) {
        lock.lock();
        try {
            long now = ticker.read();
            believedUntil.remove(refusal);
            doubtedUntil.put(refusal, now + DOUBTED.toNanos());
            boolean isPaused = pausedUntil - now > 0;
            if (isPaused) {
                return;
            }
            contradictions++;
            if (contradictions > (works ? 1 : 0)) {
                pausedUntil = now + pause.toNanos();
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isBefore(@Nullable Long until) {
        return until != null && until - ticker.read() > 0;
    }

    /** Whether a GET would say the same, or must not be asked now. */
    private static boolean isNoAnswer(UpstreamException failure) {
        return failure.isHeldBack() || failure.isRemembered() || failure.isOfCredentials()
                || switch (failure.reason()) {
                    case RATE_LIMITED, UNREACHABLE, STALLED -> true;
                    case SERVER_ERROR, UNAUTHORIZED -> failure.retryAfter().isPresent();
                    default -> false;
                };
    }
}

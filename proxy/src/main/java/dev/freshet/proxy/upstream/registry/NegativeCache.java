package dev.freshet.proxy.upstream.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.catalog.Resource;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.Repository;
import dev.freshet.config.unit.Durations;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a registry has said a short while ago that it does not have, so that it is not asked for the same again so soon. Only
 * its own word that there is none counts: what it refuses, or cannot answer now, is never remembered. At most 10,000 are,
 * in memory. Besides, {@linkplain AbsenceNotes notes} are kept of it, which count while the registry cannot be asked, within
 * the bound of staleness: then what it did not have is still said not to be there, as a tag still means what it meant. Safe
 * for use by several threads.
 */
final class NegativeCache {

    private static final Logger LOG = LoggerFactory.getLogger(NegativeCache.class);
    private static final int MOST = 10_000;

    private final Upstream upstream;
    private final Duration life;
    private final Duration staleIfError;
    private final AbsenceNotes notes;
    private final InstantSource clock;
    private final Cache<Wanted, Boolean> known;

    /**
     * @param life how long one is remembered; zero remembers none
     * @param staleIfError how long past that a note counts while the registry cannot be asked; zero keeps none
     * @param clock of the notes
     * @param ticker nanoseconds since some fixed moment
     */
    NegativeCache(Upstream upstream, Duration life, Duration staleIfError, AbsenceNotes notes, InstantSource clock,
            Ticker ticker) {
        this.upstream = upstream;
        this.life = life;
        this.staleIfError = staleIfError;
        this.notes = staleIfError.isZero() ? AbsenceNotes.NONE : notes;
        this.clock = clock;
        this.known = Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(life).ticker(ticker).executor(
                Runnable::run).build();
    }

    /**
     * Something that a registry may have.
     *
     * @param name what tells it from others of its kind and repository: a tag or digest; empty when nothing has to
     */
    record Wanted(RequestKind kind, Repository repository, String name) {}

    /** A question to a registry. */
    @FunctionalInterface
    interface Question<T> {

        T ask() throws OriginException, InterruptedException;
    }

    /**
     * Asks, and remembers when the answer is that there is none.
     *
     * @param what what is attempted: {@code GET of blob ...}
     * @throws UpstreamException also without asking, when the answer is remembered
     */
    <T> T ask(Wanted wanted, String what, Question<T> question) throws OriginException, InterruptedException {
        Optional<UpstreamException> absence = find(wanted, what);
        if (absence.isPresent()) {
            throw absence.get();
        }
        try {
            T answer = question.ask();
            known.invalidate(wanted);
            return answer;
        } catch (UpstreamException e) {
            if (e.reason() == FailureReason.NOT_FOUND && !life.isZero()) {
                known.put(wanted, true);
            }
            throw e;
        }
    }

    /**
     * Asks as {@link #orNoted}, and notes when the answer is that there is none. Only an answer that decides may come here: a
     * refused HEAD does not.
     */
    <T> T noting(Repository repository, Resource resource, String what, Question<T> question)
            throws OriginException, InterruptedException {
        try {
            return orNoted(repository, resource, what, question);
        } catch (UpstreamException e) {
            if (e.reason() == FailureReason.NOT_FOUND && !e.isRemembered() && !e.isNoted()) {
                notes.put(repository, resource, Instant.ofEpochMilli(clock.millis()));
            }
            throw e;
        }
    }

    /**
     * Asks; while the registry cannot be asked, what is noted of it counts. What is there is noted no longer.
     *
     * @param what what is attempted
     */
    <T> T orNoted(Repository repository, Resource resource, String what, Question<T> question)
            throws OriginException, InterruptedException {
        try {
            T answer = question.ask();
            notes.remove(repository, resource);
            return answer;
        } catch (UpstreamException e) {
            Optional<Instant> since = isAway(e)
                    ? notes.find(repository, resource).filter(this::counts)
                    : Optional.empty();
            if (since.isEmpty()) {
                throw e;
            }
            LOG.warn("answering that upstream {} does not have {} of {}, as it said at {}: {}", upstream.name(),
                    resource,
                    repository, since.get(), e.getMessage());
            throw UpstreamException.noted(what + " from upstream " + upstream.name()
                    + " failed: the registry did not have it at " + since.get() + ", and cannot be asked now: "
                    + e.getMessage(), e);
        }
    }

    /** A note from the future, before the clock was set back, says nothing. */
    private boolean counts(Instant since) {
        Instant now = clock.instant();
        return !since.isAfter(now)
                && life.plus(staleIfError).compareTo(Duration.between(since, now)) > 0;
    }

    /** Whether the registry has said nothing of what it has: it is away, fails, refuses Freshet's account, or wants to be left alone. */
    private static boolean isAway(UpstreamException failure) {
        return switch (failure.reason()) {
            case RATE_LIMITED, UNREACHABLE, STALLED, SERVER_ERROR -> true;
            case UNAUTHORIZED, FORBIDDEN -> failure.isOfCredentials();
            default -> false;
        };
    }

    /**
     * The failure of a request made now; empty when the registry has to be asked.
     *
     * @param what what is attempted
     */
    Optional<UpstreamException> find(Wanted wanted, String what) {
        return known.getIfPresent(wanted) == null
                ? Optional.empty()
                : Optional.of(UpstreamException.remembered(what + " from upstream " + upstream.name()
                        + " failed: the registry did not have it less than " + Durations.format(life)
                        + " ago (freshness.negative-ttl); try again after that"));
    }
}

package dev.freshet.proxy.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.name.Repository;
import dev.freshet.config.unit.Durations;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import java.time.Duration;
import java.util.Optional;

/**
 * What a registry has said a short while ago that it does not have, so that it is not asked for the same again so soon. Only
 * its own word that there is none counts: what it refuses, or cannot answer now, is never remembered. At most 10,000 are,
 * in memory. Safe for use by several threads.
 */
final class Absences {

    private static final int MOST = 10_000;

    private final Upstream upstream;
    private final Duration life;
    private final Cache<Wanted, Boolean> known;

    /**
     * @param life how long one is remembered; zero remembers none
     * @param ticker nanoseconds since some fixed moment
     */
    Absences(Upstream upstream, Duration life, Ticker ticker) {
        this.upstream = upstream;
        this.life = life;
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
            if (e.kind() == UpstreamException.Kind.NOT_FOUND && !life.isZero()) {
                known.put(wanted, true);
            }
            throw e;
        }
    }

    /**
     * The failure of whoever asks now; empty when the registry has to be asked.
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

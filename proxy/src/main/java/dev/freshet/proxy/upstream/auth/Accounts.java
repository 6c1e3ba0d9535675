package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.proxy.upstream.limit.Counted;
import dev.freshet.proxy.upstream.limit.RateLimits;
import dev.freshet.proxy.upstream.limit.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The accounts at one registry, which take turns: first those that are not held off and were not refused lately, of these
 * the one that has most of its rate limit left, and of equals the next one. An account whose rate limit is not known counts
 * as having all of it. All methods may be called by any thread.
 */
public final class Accounts {

    /** How long an account is left alone whose credentials were refused, or not to be had, while there is another. */
    public static final Duration REFUSED = Duration.ofMinutes(1);

    private final List<Asker> askers;
    private final RateLimits limits;
    private final Ticker ticker;
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<Asker, Long> refusedAt = new ConcurrentHashMap<>();

    private record Candidate(Asker asker, long heldOff, long left, int distance) {}

    /** @param askers at least one */
    public Accounts(List<Asker> askers, RateLimits limits, Ticker ticker) {
        if (askers.isEmpty()) {
            throw new IllegalArgumentException("a registry is asked by an account, if only by nobody's");
        }
        this.askers = List.copyOf(askers);
        this.limits = limits;
        this.ticker = ticker;
    }

    /** All of them, in the order in which the next call of this kind should try them. */
    public List<Asker> inTurn(Counted kind) {
        if (askers.size() == 1) {
            return askers;
        }
        int first = Math.floorMod(turn.getAndIncrement(), askers.size());
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < askers.size(); i++) {
            Asker asker = askers.get(i);
            candidates.add(new Candidate(asker, heldOff(asker, kind),
                    limits.reading(asker.account()).map(Reading::remaining).orElse(Long.MAX_VALUE),
                    Math.floorMod(i - first, askers.size())));
        }
        candidates.sort(Comparator.comparingLong(Candidate::heldOff)
                .thenComparing(Comparator.comparingLong(Candidate::left).reversed())
                .thenComparingInt(Candidate::distance));
        return candidates.stream().map(Candidate::asker).toList();
    }

    /** Its credentials were refused, or could not be had. */
    public void refused(Asker asker) {
        refusedAt.put(asker, ticker.read());
    }

    /** Those whose credentials are refused. */
    public List<RefusedCredentials> refused() {
        return askers.stream().flatMap(asker -> asker.refusal().get().stream()).toList();
    }

    /** Nanoseconds until it may be asked; 0 when it may. */
    private long heldOff(Asker asker, Counted kind) {
        Long refused = refusedAt.get(asker);
        long ofRefusal = refused == null ? 0 : REFUSED.toNanos() - (ticker.read() - refused);
        long ofLimits = limits.heldOff(asker.account(), kind).map(Duration::toNanos).orElse(0L);
        return Math.max(0, Math.max(ofRefusal, ofLimits));
    }
}

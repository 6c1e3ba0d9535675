package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.proxy.upstream.auth.GuardedCredentials.RefusedCredentials;
import dev.freshet.proxy.upstream.guard.RateLimit;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RateLimits.AccountName;
import dev.freshet.proxy.upstream.guard.RateLimits.RateLimitBucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The accounts at one registry, which take turns: first those that are not held off and were not refused lately, of these
 * the one that has most of its rate limit left, and of equals the next one. An account whose rate limit is not known counts
 * as having all of it. All methods may be called by any thread.
 */
public final class Accounts {

    /** How long an account is left alone whose credentials were refused or not available, while there is another. */
    public static final Duration REFUSED = Duration.ofMinutes(1);

    private final List<Account> accounts;
    private final RateLimits limits;
    private final Ticker ticker;
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<Account, Long> refusedAt = new ConcurrentHashMap<>();

    private record Candidate(Account account, long heldOff, long left, int distance) {}

    /** @param accounts at least one */
    public Accounts(List<Account> accounts, RateLimits limits, Ticker ticker) {
        if (accounts.isEmpty()) {
            throw new IllegalArgumentException("a registry needs an account, if only the anonymous one");
        }
        this.accounts = List.copyOf(accounts);
        this.limits = limits;
        this.ticker = ticker;
    }

    /** All of them, in the order in which the next call of this kind should try them. */
    public List<Account> inTurn(RateLimitBucket kind) {
        if (accounts.size() == 1) {
            return accounts;
        }
        int first = Math.floorMod(turn.getAndIncrement(), accounts.size());
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < accounts.size(); i++) {
            Account account = accounts.get(i);
            candidates.add(new Candidate(account, heldOff(account, kind),
                    limits.reading(account.name()).map(RateLimit::remaining).orElse(Long.MAX_VALUE),
                    Math.floorMod(i - first, accounts.size())));
        }
        candidates.sort(Comparator.comparingLong(Candidate::heldOff)
                .thenComparing(Comparator.comparingLong(Candidate::left).reversed())
                .thenComparingInt(Candidate::distance));
        return candidates.stream().map(Candidate::account).toList();
    }

    /** Its credentials were refused, or were not available. */
    public void refused(Account account) {
        refusedAt.put(account, ticker.read());
    }

    /** Those whose credentials are refused. */
    public List<RefusedCredentials> refused() {
        return accounts.stream().flatMap(account -> account.refusal().get().stream()).toList();
    }

    /** Nanoseconds until it may be asked; 0 when it may. */
    private long heldOff(Account account, RateLimitBucket kind) {
        Long refused = refusedAt.get(account);
        long ofRefusal = refused == null ? 0 : REFUSED.toNanos() - (ticker.read() - refused);
        long ofLimits = limits.heldOff(account.name(), kind).map(Duration::toNanos).orElse(0L);
        return Math.max(0, Math.max(ofRefusal, ofLimits));
    }

    /**
     * An account at one registry. Its tokens are its own: no other account is shown them.
     *
     * @param name its name; no other account of the registry has the same
     * @param authorizer what it shows to the registry
     * @param refusal that what it shows is refused, while it is
     */
    public record Account(AccountName name, Authorizer authorizer, Supplier<Optional<RefusedCredentials>> refusal) {

        /** An account without credentials that may be refused. */
        public Account(AccountName name, Authorizer authorizer) {
            this(name, authorizer, Optional::empty);
        }

        @Override
        public String toString() {
            return name.toString();
        }
    }
}

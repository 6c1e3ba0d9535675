package dev.freshet.proxy.upstream.guard;

import dev.freshet.cache.fresh.Budget;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Decision;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The limits of one upstream, for each account by itself: what was last said of its budget, and what must not be asked now.
 * Safe for use by several threads, none of which waits in here.
 */
public final class RateLimits {

    private final LongSupplier ticker;
    private final DoubleSupplier chance;
    private final ConcurrentMap<AccountName, Known> accounts = new ConcurrentHashMap<>();

    /**
     * @param ticker nanoseconds since some fixed moment
     * @param chance from 0 (inclusive) to 1 (exclusive)
     */
    public RateLimits(LongSupplier ticker, DoubleSupplier chance) {
        this.ticker = ticker;
        this.chance = chance;
    }

    /** What is known of one account. */
    private static final class Known {

        private final Map<RateLimitBucket, CircuitBreaker> breakers = new EnumMap<>(RateLimitBucket.class);
        private volatile Optional<Seen> last = Optional.empty();

        Known(LongSupplier ticker, DoubleSupplier chance) {
            for (RateLimitBucket kind : RateLimitBucket.values()) {
                breakers.put(kind, CircuitBreaker.ofRefusals(ticker, chance));
            }
        }

        Stream<CircuitBreaker> holdingUp(RateLimitBucket kind) {
            return kind.heldUpBy().stream().flatMap(by -> Stream.ofNullable(breakers.get(by)));
        }
    }

    private record Seen(RateLimit reading, long atNanos) {}

    /** Asks for a permit to make a call; the last failure of a rejection is the registry's refusal. */
    public Decision tryAcquire(AccountName account, RateLimitBucket kind) {
        return CircuitBreaker.tryAcquire(known(account).holdingUp(kind).toList(), "");
    }

    /** An answer has said what is left of an account's budget. */
    public void read(AccountName account, RateLimit reading) {
        known(account).last = Optional.of(new Seen(reading, ticker.getAsLong()));
    }

    /** What was last said of an account's budget; empty when nothing was, or its window is over since. */
    public Optional<RateLimit> reading(AccountName account) {
        Known known = accounts.get(account);
        return known == null
                ? Optional.empty()
                : known.last.filter(seen -> ticker.getAsLong() - seen.atNanos() < seen.reading().window().toNanos())
                        .map(Seen::reading);
    }

    /** The part of an account's budget that is left, from 0 to 1; empty when the registry has not said so lately. */
    public OptionalDouble remainingShare(AccountName account) {
        return reading(account).map(reading -> OptionalDouble.of(reading.share())).orElse(OptionalDouble.empty());
    }

    /** How long an account must not make calls of this kind from now on; empty when it may. */
    public Optional<Duration> heldOff(AccountName account, RateLimitBucket kind) {
        Known known = accounts.get(account);
        return known == null
                ? Optional.empty()
                : known.holdingUp(kind).flatMap(breaker -> breaker.left().stream()).max(Comparator.naturalOrder());
    }

    /** What is left to the account that has most; ample when nothing was said of any lately. */
    public Budget budget() {
        return readings().max(Comparator.comparingDouble(RateLimit::share))
                .map(reading -> new Budget(reading.share(), reading.window())).orElse(Budget.AMPLE);
    }

    /** How many calls are left to all accounts; not a number when nothing is known of any. */
    public double remaining() {
        return sum(RateLimit::remaining);
    }

    /** How many calls all accounts have in each of their windows; not a number when nothing is known of any. */
    public double limit() {
        return sum(RateLimit::limit);
    }

    /** The longest time in seconds that calls of any kind must not be made by any account, from now on; zero when all may. */
    public double heldOffSeconds() {
        return accounts.keySet().stream().flatMap(
                account -> Stream.of(RateLimitBucket.values()).flatMap(kind -> heldOff(account, kind).stream()))
                .mapToDouble(left -> (double) left.toMillis() / 1000).max().orElse(0);
    }

    private double sum(ToLongFunction<RateLimit> part) {
        List<RateLimit> readings = readings().toList();
        return readings.isEmpty() ? Double.NaN : (double) readings.stream().mapToLong(part).sum();
    }

    private Stream<RateLimit> readings() {
        return accounts.keySet().stream().flatMap(account -> reading(account).stream());
    }

    private Known known(AccountName account) {
        return accounts.computeIfAbsent(account, any -> new Known(ticker, chance));
    }

    /**
     * Whose calls a registry counts together: those of a user, or, without one, those of this machine's address.
     *
     * @param user empty for anonymous calls
     */
    public record AccountName(String user) {

        /** The calls without a user. */
        public static final AccountName ANONYMOUS = new AccountName("");

        @Override
        public String toString() {
            return user.isEmpty() ? "anonymous" : user;
        }
    }

    /** What registries count by itself, for all repositories of an account together. */
    public enum RateLimitBucket {

        /** HEAD of manifests; free at Docker Hub, so that a refusal of it is of everything that concerns manifests. */
        MANIFEST_HEADS("HEAD of manifests"),
        /** GET of manifests: the pulls that Docker Hub counts. */
        MANIFEST_GETS("GET of manifests"),
        /** GET of blobs, at the registry itself; storages do not count. */
        BLOBS("GET of blobs"),
        /** GET of lists of tags and of referrers. */
        LISTS("GET of lists"),
        /** Requests for tokens, which the token server counts and not the registry. */
        TOKENS("asking for tokens");

        private final String words;

        RateLimitBucket(String words) {
            this.words = words;
        }

        /** What a refusal of holds up a call of this kind, the kind itself last. */
        List<RateLimitBucket> heldUpBy() {
            return switch (this) {
                case MANIFEST_HEADS -> List.of(MANIFEST_HEADS);
                case MANIFEST_GETS -> List.of(MANIFEST_HEADS, MANIFEST_GETS);
                case BLOBS -> List.of(BLOBS);
                case LISTS -> List.of(LISTS);
                case TOKENS -> List.of(TOKENS);
            };
        }

        /** What it is, for messages. */
        public String words() {
            return words;
        }
    }
}

package dev.freshet.cache.evict;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.Policy.CacheEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fills in the ranks of Caffeine's W-TinyLFU, and those it gave up by itself, as more was put in than it may hold. Such
 * fills are the first to go, and come back when they are wanted.
 *
 * <p>One thread at a time may change what is there; {@link #use} may be called by any.
 */
final class Ranks {

    /** Bytes in a unit of the policy's weights, which are ints. */
    private static final int UNIT = 64;

    private static final long TYPICAL_FILL = 1 << 20;
    private static final long LEAST_EXPECTED = 1 << 14;
    private static final long MOST_EXPECTED = 1 << 20;

    private final Cache<Fill, Fill> cache;
    private final Policy.Eviction<Fill, Fill> policy;
    private final Map<Fill, Fill> givenUp = Collections.synchronizedMap(new LinkedHashMap<>());

    Ranks(long capacityBytes) {
        // With an initial capacity, uses count from the first on, not only when half of the maximum is taken.
        long expected = Math.clamp(capacityBytes / TYPICAL_FILL, LEAST_EXPECTED, MOST_EXPECTED);
        this.cache = Caffeine.newBuilder().maximumWeight(capacity(capacityBytes))
                .initialCapacity(Math.toIntExact(expected)).weigher((Fill fill, Fill same) -> weight(fill))
                .evictionListener((fill, same, cause) -> giveUp(fill)).executor(Runnable::run).build();
        this.policy = cache.policy().eviction().orElseThrow();
    }

    void resize(long capacityBytes) {
        policy.setMaximum(capacity(capacityBytes));
    }

    /** The fill with this number, wherever it is; null when there is none. Looking is no use of it. */
    @Nullable
    Fill find(Fill same) {
        Fill kept = cache.policy().getIfPresentQuietly(same);
        // In this order: a fill is given up before it leaves the cache.
        return kept == null ? givenUp.get(same) : kept;
    }

    /** Puts a fill in, or takes note of its new weight, which is a use. */
    void put(Fill fill) {
        givenUp.remove(fill);
        cache.put(fill, fill);
    }

    /** Uses a fill, unless it was given up or is not there: then the answer is null. */
    @Nullable
    Fill use(Fill same) {
        return cache.getIfPresent(same);
    }

    boolean gaveUpAny() {
        return !givenUp.isEmpty();
    }

    /** Takes a fill out; null when there is none. */
    @Nullable
    Fill remove(Fill same) {
        Fill kept = cache.asMap().remove(same);
        Fill spurned = givenUp.remove(same);
        return kept == null ? spurned : kept;
    }

    /** The least wanted of those that match, in order. The predicate runs under Caffeine's lock. */
    List<Fill> coldest(long most, Predicate<Fill> matching) {
        List<Fill> kept = policy
                .coldest(entries -> entries.map(CacheEntry::getValue).filter(matching).limit(most).toList());
        // What is given up from now on is still among those kept.
        return Stream.concat(new ArrayList<>(givenUp.values()).stream(), kept.stream()).filter(matching).distinct()
                .limit(most).toList();
    }

    /** Lets every use and change take effect. */
    void settle() {
        cache.cleanUp();
    }

    private void giveUp(@Nullable Fill fill) {
        if (fill != null) {
            givenUp.put(fill, fill);
        }
    }

    private static long capacity(long bytes) {
        return Math.max(1, Math.ceilDiv(bytes, UNIT));
    }

    /** Never 0: Caffeine does not rank what weighs nothing. */
    private static int weight(Fill fill) {
        return Math.clamp(Math.ceilDiv(fill.bytes(), UNIT), 1, Integer.MAX_VALUE);
    }
}

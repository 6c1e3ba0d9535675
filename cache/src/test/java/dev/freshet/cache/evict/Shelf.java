package dev.freshet.cache.evict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Stands in for the store: makes room for what it takes in, each time under a new fill number. */
final class Shelf {

    private final EvictionPolicy policy;
    private final long capacity;
    private final Map<Long, Long> fillOf = new HashMap<>();
    private final Map<Long, Long> itemOf = new HashMap<>();
    private final List<Long> evicted = new ArrayList<>();

    private long fills;

    Shelf(EvictionPolicy policy, long capacity) {
        this.policy = policy;
        this.capacity = capacity;
    }

    /** The same things on another shelf. */
    Shelf(Shelf other, EvictionPolicy policy) {
        this(policy, other.capacity);
        fillOf.putAll(other.fillOf);
        itemOf.putAll(other.itemOf);
        fills = other.fills;
    }

    /** Uses the item if it is stored, and else stores it. */
    void want(long item, long bytes) {
        Long stored = fillOf.get(item);
        if (stored != null) {
            policy.touch(stored);
            return;
        }
        policy.coldest(candidate -> {
            if (policy.bytes() + bytes <= capacity) {
                return false;
            }
            policy.forget(candidate);
            Long victim = Objects.requireNonNull(itemOf.remove(candidate));
            fillOf.remove(victim);
            evicted.add(victim);
            return true;
        });
        long fill = fills++;
        policy.add(fill, bytes);
        fillOf.put(item, fill);
        itemOf.put(fill, item);
    }

    boolean holds(long item) {
        return fillOf.containsKey(item);
    }

    /** What has gone, in this order. */
    List<Long> evicted() {
        return evicted;
    }
}

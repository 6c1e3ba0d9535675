package eviction;

import dev.freshet.cache.evict.EvictionPolicy;
import dev.freshet.cache.evict.SegmentedLru;
import java.util.HashMap;
import java.util.Map;

/** Freshet's order, used as the store does: room is made before it is used; each fill has a number of its own. */
final class Ordered implements Policy {

    final EvictionPolicy policy;
    private final Map<Part, Long> fills = new HashMap<>();
    private final Map<Long, Part> parts = new HashMap<>();
    private long capacity;
    private long next;

    Ordered(long capacity) {
        this.policy = new SegmentedLru(capacity);
        this.capacity = capacity;
    }

    void resize(long newCapacity) {
        capacity = newCapacity;
        policy.resize(newCapacity);
    }

    @Override
    public void touch(Part part) {
        Long fill = fills.get(part);
        if (fill != null) {
            policy.touch(fill);
        }
    }

    @Override
    public boolean get(Part part) {
        touch(part);
        if (fills.containsKey(part) || part.bytes() > capacity) {
            return fills.containsKey(part);
        }
        makeRoom(part.bytes());
        fills.put(part, next);
        parts.put(next, part);
        policy.add(next++, part.bytes());
        return false;
    }

    void makeRoom(long bytes) {
        policy.coldest(fill -> {
            if (policy.bytes() + bytes <= capacity) {
                return false;
            }
            policy.forget(fill);
            fills.remove(parts.remove(fill));
            return true;
        });
    }
}

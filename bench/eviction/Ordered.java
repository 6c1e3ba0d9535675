package eviction;

import dev.freshet.cache.evict.Retention;
import java.util.HashMap;
import java.util.Map;

/** Freshet's order, used as the store does: room is made before it is used; each fill has a number of its own. */
final class Ordered implements Policy {

    final Retention retention;
    private final Map<Part, Long> fills = new HashMap<>();
    private final Map<Long, Part> parts = new HashMap<>();
    private long capacity;
    private long next;

    Ordered(long capacity) {
        this.retention = new Retention(capacity);
        this.capacity = capacity;
    }

    void resize(long newCapacity) {
        capacity = newCapacity;
        retention.resize(newCapacity);
    }

    @Override
    public void touch(Part part) {
        Long fill = fills.get(part);
        if (fill != null) {
            retention.touch(fill);
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
        retention.add(next++, part.bytes());
        return false;
    }

    void makeRoom(long bytes) {
        retention.coldest(fill -> {
            if (retention.bytes() + bytes <= capacity) {
                return false;
            }
            retention.forget(fill);
            fills.remove(parts.remove(fill));
            return true;
        });
    }
}

package eviction;

import java.util.Iterator;
import java.util.LinkedHashMap;

/** LRU, or FIFO. */
final class Listed implements Policy {

    private final long capacity;
    private final LinkedHashMap<Part, Boolean> stored;
    private long used;

    Listed(long capacity, boolean byUse) {
        this.capacity = capacity;
        this.stored = new LinkedHashMap<>(16, 0.75f, byUse);
    }

    @Override
    public void touch(Part part) {
        stored.get(part);
    }

    @Override
    public boolean get(Part part) {
        if (stored.get(part) != null || part.bytes() > capacity) {
            return stored.containsKey(part);
        }
        Iterator<Part> coldest = stored.keySet().iterator();
        while (used + part.bytes() > capacity) {
            used -= coldest.next().bytes();
            coldest.remove();
        }
        stored.put(part, true);
        used += part.bytes();
        return false;
    }
}

package eviction;

/** Caffeine, which is asked for its coldest entries, so that room is made before it is used. */
final class AskedTiny extends Tiny {

    private final long capacity;
    private long used;

    AskedTiny(long capacity) {
        super(capacity + capacity / 100);
        this.capacity = capacity;
    }

    @Override
    public boolean get(Part part) {
        if (part.bytes() > capacity) {
            return false;
        }
        boolean hit = cache.getIfPresent(part) != null;
        while (!hit && used + part.bytes() > capacity) {
            Part coldest = cache.policy().eviction().orElseThrow().coldest(1).keySet().iterator().next();
            cache.invalidate(coldest);
            used -= coldest.bytes();
        }
        if (!hit) {
            cache.put(part, part);
            used += part.bytes();
        }
        return hit;
    }
}

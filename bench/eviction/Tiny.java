package eviction;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** Caffeine, which evicts after it has taken in, and knows what it had before. */
class Tiny implements Policy {

    final Cache<Part, Part> cache;

    Tiny(long capacity) {
        cache = Caffeine.newBuilder().maximumWeight(capacity >> 10).initialCapacity(1 << 14)
                .weigher((Part part, Part same) -> (int) (part.bytes() + 1023 >> 10)).executor(Runnable::run).build();
    }

    @Override
    public void touch(Part part) {
        cache.getIfPresent(part);
    }

    @Override
    public boolean get(Part part) {
        boolean hit = cache.getIfPresent(part) != null;
        if (!hit) {
            cache.put(part, part);
        }
        return hit;
    }
}

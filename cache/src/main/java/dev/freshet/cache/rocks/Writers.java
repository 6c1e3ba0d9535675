package dev.freshet.cache.rocks;

import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The writers that are open. May be used by any thread. */
final class Writers {

    private final Set<RocksBlobWriter> open = ConcurrentHashMap.newKeySet();

    void add(RocksBlobWriter writer) {
        open.add(writer);
    }

    void forget(RocksBlobWriter writer) {
        open.remove(writer);
    }

    int count() {
        return open.size();
    }

    /**
     * Asks one to hand its chunks over, the one that has the most among those that wait for memory themselves, as they only
     * hold it, and else the one that has the most of all.
     */
    void handOverOne() {
        open.stream().filter(writer -> writer.fullChunks() > 0)
                .max(Comparator.comparing(RocksBlobWriter::isBlocked).thenComparingInt(RocksBlobWriter::fullChunks))
                .ifPresent(RocksBlobWriter::tryHandOver);
    }
}

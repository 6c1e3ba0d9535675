package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Content that writers have left unfinished, the latest of each digest. May be used by any thread. */
final class Partials {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Digest, Left> left = new LinkedHashMap<>();

    /**
     * What one writer has left.
     *
     * @param number the number of its chunks
     * @param partial what is there
     */
    record Left(long number, Loose.Partial partial) {

        Unused unused() {
            return new Unused(Family.SEGMENTS, number, partial.diskBytes());
        }
    }

    /** Keeps what was left, and gives back what it replaces. */
    @Nullable
    Left leave(Left newer) {
        lock.lock();
        try {
            Left older = left.remove(newer.partial.digest());
            left.put(newer.partial.digest(), newer);
            return older;
        } finally {
            lock.unlock();
        }
    }

    /** The numbers of all that can be claimed. */
    Set<Long> numbers() {
        lock.lock();
        try {
            return left.values().stream().map(Left::number).collect(Collectors.toSet());
        } finally {
            lock.unlock();
        }
    }

    /** Hands out what was left of this digest, to one caller only. */
    @Nullable
    Left claim(Digest digest) {
        lock.lock();
        try {
            return left.remove(digest);
        } finally {
            lock.unlock();
        }
    }

    /** Hands out what was left the longest ago. */
    @Nullable
    Left claimOldest() {
        lock.lock();
        try {
            var oldest = left.entrySet().iterator();
            if (!oldest.hasNext()) {
                return null;
            }
            Left claimed = oldest.next().getValue();
            oldest.remove();
            return claimed;
        } finally {
            lock.unlock();
        }
    }
}

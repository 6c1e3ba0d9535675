package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** What an {@link InMemoryBlobStore} holds, within a limit. May be used by any thread. */
final class InMemoryShelf {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Digest, InMemoryContent> committed = new LinkedHashMap<>();
    private final Map<Digest, InMemoryContent> left = new HashMap<>();
    private final Map<InMemoryContent, Long> promised = new HashMap<>();
    private final Map<InMemoryContent, Integer> pins = new HashMap<>();
    private long limit = Long.MAX_VALUE;

    void limit(long bytes) {
        lock.lock();
        try {
            limit = bytes;
        } finally {
            lock.unlock();
        }
    }

    Optional<InMemoryContent> find(Digest digest) {
        lock.lock();
        try {
            return Optional.ofNullable(committed.get(digest));
        } finally {
            lock.unlock();
        }
    }

    /** What is committed, or else left behind. */
    Optional<InMemoryContent> findAny(Digest digest) {
        lock.lock();
        try {
            return Optional.ofNullable(committed.getOrDefault(digest, left.get(digest)));
        } finally {
            lock.unlock();
        }
    }

    /** Begins with what was left, if it may be, and promises room for the rest of so many bytes. */
    InMemoryContent begin(Digest digest, long expected, Predicate<InMemoryContent> mayBe) throws StoreFullException {
        lock.lock();
        try {
            InMemoryContent found = left.remove(digest);
            InMemoryContent begun = found == null || !mayBe.test(found) ? new InMemoryContent(digest) : found;
            makeRoom(begun, Math.max(begun.present().bytes(), expected));
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Promises so much room for content on its way, if evictions can make it; what was left behind goes first. */
    void makeRoom(InMemoryContent content, long needed) throws StoreFullException {
        lock.lock();
        try {
            long more = needed - promised.getOrDefault(content, 0L);
            if (more <= 0) {
                return;
            }
            if (used() > limit - more && needed <= limit) {
                left.clear();
            }
            Iterator<InMemoryContent> victims = committed.values().iterator();
            while (used() > limit - more && needed <= limit && victims.hasNext()) {
                if (!pins.containsKey(victims.next())) {
                    victims.remove();
                }
            }
            if (used() > limit - more) {
                throw new StoreFullException("no room for " + more + " more bytes: " + used() + " of " + limit
                        + " are in use");
            }
            promised.put(content, needed);
        } finally {
            lock.unlock();
        }
    }

    /** The content that is committed now: this, or one that was before. */
    InMemoryContent commit(Digest digest, InMemoryContent content) {
        lock.lock();
        try {
            left.remove(digest);
            promised.remove(content);
            InMemoryContent first = committed.putIfAbsent(digest, content);
            return first == null ? content : first;
        } finally {
            lock.unlock();
        }
    }

    /** A writer has gone, and leaves these bytes of its content. */
    void leave(Digest digest, InMemoryContent content, ByteRanges kept) {
        lock.lock();
        try {
            promised.remove(content);
            InMemoryContent older = left.get(digest);
            if (kept.runs() > 0 && (older == null || older.present().bytes() <= kept.bytes())) {
                left.put(digest, content.part(kept));
            }
        } finally {
            lock.unlock();
        }
    }

    long unfinished(Digest digest) {
        lock.lock();
        try {
            InMemoryContent found = left.get(digest);
            return found == null ? 0 : found.present().bytes();
        } finally {
            lock.unlock();
        }
    }

    void remove(Digest digest) {
        lock.lock();
        try {
            committed.remove(digest);
        } finally {
            lock.unlock();
        }
    }

    /** Removes this content, and none that has taken its place. */
    void drop(Digest digest, InMemoryContent content) {
        lock.lock();
        try {
            committed.remove(digest, content);
        } finally {
            lock.unlock();
        }
    }

    /** Keeps content from being evicted until it is unpinned as often. */
    void pin(InMemoryContent content) {
        lock.lock();
        try {
            pins.merge(content, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    void unpin(InMemoryContent content) {
        lock.lock();
        try {
            pins.computeIfPresent(content, (same, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
    }

    List<Digest> digests() {
        lock.lock();
        try {
            return new ArrayList<>(committed.keySet());
        } finally {
            lock.unlock();
        }
    }

    StoreUsage usage() {
        lock.lock();
        try {
            return new StoreUsage(committed.size(), sum(committed));
        } finally {
            lock.unlock();
        }
    }

    StoreSpace space() {
        lock.lock();
        try {
            return new StoreSpace(used(), limit, true);
        } finally {
            lock.unlock();
        }
    }

    private long used() {
        return sum(committed) + sum(left) + promised.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long sum(Map<Digest, InMemoryContent> contents) {
        return contents.values().stream().mapToLong(content -> content.present().bytes()).sum();
    }
}

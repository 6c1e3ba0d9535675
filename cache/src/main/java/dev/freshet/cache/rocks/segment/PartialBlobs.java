package dev.freshet.cache.rocks.segment;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.PartialBlob;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The partial blobs that wait for another writer, the largest of each digest. May be used by any thread. */
public final class PartialBlobs {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Map<Digest, Entry> left = new LinkedHashMap<>();
    private final Map<Digest, Integer> coming = new HashMap<>();

    /**
     * The partial blob of one writer.
     *
     * @param number the number of its chunks
     * @param blob its bytes
     */
    public record Entry(long number, PartialBlob blob) {

        private long bytes() {
            return blob.present().bytes();
        }

        public DeletedBlob deleted() {
            return new DeletedBlob(Family.SEGMENTS, number, blob.diskBytes());
        }
    }

    /** Keeps what was left, unless more is here already, and gives back what is not kept. */
    @Nullable
    public Entry leave(Entry newer) {
        lock.lock();
        try {
            Entry older = left.get(newer.blob.digest());
            if (older != null && older.bytes() > newer.bytes()) {
                return newer;
            }
            left.remove(newer.blob.digest());
            left.put(newer.blob.digest(), newer);
            return older;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes can be claimed of a digest. */
    public long bytes(Digest digest) {
        lock.lock();
        try {
            Entry found = left.get(digest);
            return found == null ? 0 : found.bytes();
        } finally {
            lock.unlock();
        }
    }

    /** The numbers of all that can be claimed. */
    public Set<Long> numbers() {
        lock.lock();
        try {
            return left.values().stream().map(Entry::number).collect(Collectors.toSet());
        } finally {
            lock.unlock();
        }
    }

    /** Something of this digest will be left soon, when it is on disk; {@link #arrived} must follow. */
    public void expect(Digest digest) {
        lock.lock();
        try {
            coming.merge(digest, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    /** What was expected is left now, or is not there. */
    public void arrived(Digest digest) {
        lock.lock();
        try {
            coming.computeIfPresent(digest, (same, count) -> count == 1 ? null : count - 1);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is expected any more, at most for so long. */
    public void awaitExpected(Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (!coming.isEmpty() && left > 0) {
                left = arrived.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Hands out what was left of this digest, to one caller only; waits for what is expected. */
    @Nullable
    public Entry claim(Digest digest) throws StoreException {
        lock.lock();
        try {
            while (coming.containsKey(digest)) {
                arrived.await();
            }
            return left.remove(digest);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("begin of " + digest + " failed: it was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /** Hands out what was left the longest ago. */
    @Nullable
    public Entry claimOldest() {
        lock.lock();
        try {
            var oldest = left.entrySet().iterator();
            if (!oldest.hasNext()) {
                return null;
            }
            Entry claimed = oldest.next().getValue();
            oldest.remove();
            return claimed;
        } finally {
            lock.unlock();
        }
    }
}

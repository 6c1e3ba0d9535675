package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreUsage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commit records, and the sum of them. May be used by any thread; look-ups wait for nobody. */
final class CommitRecords {

    private static final Logger LOG = LoggerFactory.getLogger(CommitRecords.class);

    private final Database database;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile StoreUsage usage = new StoreUsage(0, 0);

    CommitRecords(Database database) {
        this.database = database;
        count();
    }

    /** Damage here must not keep the store from opening: the sum is then too low, and says so in the log. */
    private void count() {
        long[] sums = {0, 0};
        try {
            database.scan(() -> "count of blobs", Family.BLOBS, (key, value) -> {
                sums[1] += CommitRecord.decode(value).length();
                sums[0]++;
            });
        } catch (StoreException | IllegalArgumentException e) {
            LOG.warn("count of blobs stopped at {}: {}", sums[0], e.getMessage());
        }
        usage = new StoreUsage(sums[0], sums[1]);
    }

    StoreUsage usage() {
        return usage;
    }

    /** The record of content; null when there is none. */
    @Nullable
    CommitRecord find(Digest digest) throws StoreException {
        byte[] bytes = database.get(() -> "look-up of " + digest, Family.BLOBS, Keys.digest(digest));
        try {
            return bytes == null ? null : CommitRecord.decode(bytes);
        } catch (IllegalArgumentException e) {
            throw new DamagedBlobException(digest, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Puts a record unless there is one already.
     *
     * @param alongside what becomes visible with the record
     * @return whether it was put
     */
    boolean put(Digest digest, CommitRecord commit, Batch.Edit alongside) throws StoreException {
        changing.lock();
        try {
            if (find(digest) != null) {
                return false;
            }
            database.write(() -> "commit of " + digest, batch -> {
                alongside.to(batch);
                Fills.unmark(batch, commit.fill());
                batch.put(Family.BLOBS, Keys.digest(digest), commit.encode());
            });
            usage = new StoreUsage(usage.objects() + 1, usage.bytes() + commit.length());
            return true;
        } finally {
            changing.unlock();
        }
    }

    /** Removes a record and marks its fill, and says which it was; null when there is none to go by. */
    @Nullable
    CommitRecord remove(Digest digest) throws StoreException {
        changing.lock();
        try {
            CommitRecord record = find(digest);
            if (record != null) {
                database.write(() -> "removal of " + digest, batch -> {
                    batch.delete(Family.BLOBS, Keys.digest(digest));
                    Fills.mark(batch, record.fill());
                });
                usage = new StoreUsage(usage.objects() - 1, usage.bytes() - record.length());
            }
            return record;
        } catch (DamagedBlobException e) {
            database.write(() -> "removal of " + digest, batch -> batch.delete(Family.BLOBS, Keys.digest(digest)));
            return null;
        } finally {
            changing.unlock();
        }
    }
}

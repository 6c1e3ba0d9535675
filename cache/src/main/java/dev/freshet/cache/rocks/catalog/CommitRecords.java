package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreUsage;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The commit records, under the digest and under the number, and the sum of them. May be used by any thread. */
public final class CommitRecords {

    private final Database index;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile StoreUsage usage = new StoreUsage(0, 0);

    /** A receiver of records. */
    public interface Visitor {

        /** Takes the next one, and returns whether to go on. */
        boolean visit(Digest digest, CommitRecord record);
    }

    /** Begins without a sum; {@link #count} adds what was there before. */
    public CommitRecords(Database index) {
        this.index = index;
    }

    /** Fails after the close of the index. */
    public void requireOpen(Supplier<String> attempt) throws StoreException {
        index.requireOpen(attempt);
    }

    /** Visits the digest of every record, in no order. */
    public void forEach(Consumer<Digest> visitor) throws StoreException {
        index.scan(() -> "list of blobs", Family.BLOBS, Keys.FIRST, (key, value) -> {
            visitor.accept(Keys.digest(ByteBuffer.wrap(key)));
            return true;
        });
    }

    /** Adds records that this process did not put. */
    public void count(long objects, long bytes) {
        changing.lock();
        try {
            StoreUsage before = usage;
            usage = new StoreUsage(before.objects() + objects, before.bytes() + bytes);
        } finally {
            changing.unlock();
        }
    }

    public StoreUsage usage() {
        return usage;
    }

    /** The record of content; null when there is none. */
    @Nullable
    public CommitRecord find(Digest digest) throws StoreException {
        byte[] bytes = index.get(() -> "look-up of " + digest, Family.BLOBS, Keys.digest(digest));
        try {
            return bytes == null ? null : CommitRecord.decode(bytes);
        } catch (IllegalArgumentException e) {
            throw new DamagedBlobException(digest, String.valueOf(e.getMessage()), e);
        }
    }

    /** The digest that has a number; null when none has. */
    @Nullable
    public Digest owner(long number) throws StoreException {
        byte[] bytes = index.get(() -> "look-up of number " + number, Family.OWNERS, Keys.number(number));
        try {
            return bytes == null ? null : CommitRecord.owner(bytes);
        } catch (IllegalArgumentException e) {
            throw new StoreException("look-up of number " + number + " failed: " + e.getMessage(), e);
        }
    }

    /**
     * Visits all records by number; those that cannot be understood are passed over.
     *
     * @param begun runs as soon as no later change can be seen any more
     */
    public void scan(Visitor visitor, Database.Step begun) throws StoreException {
        index.scan(() -> "list of blobs", Family.OWNERS, Keys.FIRST, (key, value) -> {
            try {
                return visitor.visit(CommitRecord.owner(value), CommitRecord.decode(value));
            } catch (IllegalArgumentException e) {
                return true;
            }
        }, begun);
    }

    /**
     * Visits all records and sums them up anew; none is put or removed meanwhile.
     *
     * @param before runs when none is any more, before the first one is visited
     */
    public void recount(Visitor visitor, Database.Step before) throws StoreException {
        changing.lock();
        try {
            before.run();
            long[] sum = {0, 0};
            scan((digest, record) -> {
                sum[0]++;
                sum[1] += record.length();
                return visitor.visit(digest, record);
            }, () -> {});
            usage = new StoreUsage(sum[0], sum[1]);
        } finally {
            changing.unlock();
        }
    }

    /** Puts a record unless there is one already, and returns whether it did. */
    public boolean put(Digest digest, CommitRecord record) throws StoreException {
        changing.lock();
        try {
            if (find(digest) != null) {
                return false;
            }
            index.write(() -> "commit of " + digest, batch -> batch
                    .put(Family.BLOBS, Keys.digest(digest), record.encode())
                    .put(Family.OWNERS, Keys.number(record.number()), record.encode(digest))
                    .delete(Family.LOOSE, Keys.number(record.number())));
            count(1, record.length());
            return true;
        } finally {
            changing.unlock();
        }
    }

    /**
     * Removes a record and notes that its chunks have to go.
     *
     * @param number removes it only if it is of this number; null removes any
     * @return which it was; null when there is none to go by
     */
    @Nullable
    public CommitRecord remove(Digest digest, @Nullable Long number) throws StoreException {
        changing.lock();
        try {
            CommitRecord record = find(digest);
            if (record == null || (number != null && record.number() != number)) {
                return null;
            }
            index.write(() -> "removal of " + digest, batch -> batch
                    .delete(Family.BLOBS, Keys.digest(digest))
                    .delete(Family.OWNERS, Keys.number(record.number()))
                    .put(Family.LOOSE, Keys.number(record.number()),
                            new Uncommitted.Deleted(record.family()).encode()));
            count(-1, -record.length());
            return record;
        } catch (DamagedBlobException e) {
            index.write(() -> "removal of " + digest, batch -> batch.delete(Family.BLOBS, Keys.digest(digest)));
            return null;
        } finally {
            changing.unlock();
        }
    }
}

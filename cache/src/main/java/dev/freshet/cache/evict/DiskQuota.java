package dev.freshet.cache.evict;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The account of the disk space of a store, to the byte, against its limit. Segments are charged before they are written and
 * for as long as their files exist. All other files, which a database writes and merges at its own will, are measured; what is
 * written to them between two measurements counts double, as it is in a log first and in a table later. Thread-safe.
 */
public final class DiskQuota {

    private static final long MIB = 1L << 20;

    private final long limit;
    private final long headroom;
    private final AtomicLong charged = new AtomicLong();
    private volatile long measured;
    private final AtomicLong unmeasured = new AtomicLong();

    /** @param limit bytes that may be taken; an eighth of them is left for files that a database merges, at most 128 MiB */
    public DiskQuota(long limit) {
        this.limit = limit;
        this.headroom = Math.min(limit / 8, 128 * MIB);
    }

    /** Bytes that may be taken. */
    public long limit() {
        return limit;
    }

    /** Bytes that are taken or promised. */
    public long used() {
        return charged.get() + measured + 2 * unmeasured.get();
    }

    /** Bytes that were charged and not given back. */
    public long charged() {
        return charged.get();
    }

    /** Bytes that segments could take if there were none. */
    public long room() {
        return limit - headroom - measured - 2 * unmeasured.get();
    }

    /** Bytes that are missing before so many more can be charged; 0 when none are. */
    public long missing(long bytes) {
        return Math.max(0, charged.get() + bytes - room());
    }

    /** Charges bytes if there is room for them, and says whether there was. */
    public boolean tryCharge(long bytes) {
        long before = charged.get();
        while (before + bytes <= room()) {
            if (charged.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = charged.get();
        }
        return false;
    }

    /** Charges bytes that are on disk already. */
    public void charge(long bytes) {
        charged.addAndGet(bytes);
    }

    /** Gives charged bytes back. */
    public void release(long bytes) {
        charged.addAndGet(-bytes);
    }

    /** Notes that bytes were written to a database. */
    public void wrote(long bytes) {
        unmeasured.addAndGet(bytes);
    }

    /** Bytes that were written to databases since the last measurement began. */
    public long unmeasured() {
        return unmeasured.get();
    }

    /** Takes over what all files but segments were found to take. */
    public void measured(Measurement measurement) {
        long before = unmeasured.get();
        measured = measurement.take();
        unmeasured.addAndGet(-before);
    }

    /** Sums up the sizes of files. */
    public interface Measurement {

        /** Bytes that they take now. */
        long take();
    }
}

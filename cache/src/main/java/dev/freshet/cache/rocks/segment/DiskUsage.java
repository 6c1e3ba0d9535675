package dev.freshet.cache.rocks.segment;

import dev.freshet.cache.evict.DiskQuota;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A measurement of the disk space of all files but segments, which are charged to the quota instead. May be used by any
 * thread.
 */
public final class DiskUsage {

    private static final Logger LOG = LoggerFactory.getLogger(DiskUsage.class);

    private final Layout layout;
    private final DiskQuota quota;
    private final Segments segments;
    private final FileStore disk;
    private final ReentrantLock measuring = new ReentrantLock();

    public DiskUsage(Layout layout, DiskQuota quota, Segments segments) throws IOException {
        this.layout = layout;
        this.quota = quota;
        this.segments = segments;
        this.disk = Files.getFileStore(layout.root());
    }

    /** The account of what segments take, and of what was measured. */
    public DiskQuota quota() {
        return quota;
    }

    /** Measures anew; when that is impossible, the last measurement and what was written since go on counting. */
    public void measure() {
        measuring.lock();
        try {
            quota.measured(this::take);
        } catch (UncheckedIOException e) {
            LOG.debug("measuring of {} failed: {}", layout.root(), e.toString());
        } finally {
            measuring.unlock();
        }
    }

    private long take() {
        try {
            long sum = Directories.diskBytes(layout.root()) + segments.lingering();
            for (Family.Home home : Family.Home.values()) {
                sum += Directories.diskBytes(layout.database(home));
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Free bytes of the disk; very many when the disk does not say. */
    public long free() {
        try {
            return disk.getUsableSpace();
        } catch (IOException e) {
            LOG.debug("measuring of the disk of {} failed: {}", layout.root(), e.toString());
            return Long.MAX_VALUE;
        }
    }

    /** Charges segments that are there already. */
    public void chargeSegments() throws IOException {
        quota.charge(segments.diskBytes().values().stream().mapToLong(Long::longValue).sum());
    }
}

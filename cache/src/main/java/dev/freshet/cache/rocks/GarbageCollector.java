package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.DiskQuota;
import dev.freshet.cache.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Frees what nobody will ask for again: the chunks first, then the note of them, then what they were charged. What cannot
 * be freed now, as the store is closed or not writable, is tried again later or swept at the next open.
 */
final class GarbageCollector {

    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollector.class);

    private final Database index;
    private final Database bulk;
    private final Segments segments;
    private final DiskQuota quota;
    private final DiskUsage use;
    private final Queue<DeletedBlob> waiting = new ConcurrentLinkedQueue<>();

    GarbageCollector(Database index, Database bulk, Segments segments, DiskQuota quota, DiskUsage use) {
        this.index = index;
        this.bulk = bulk;
        this.segments = segments;
        this.quota = quota;
        this.use = use;
    }

    /** Takes over what is to be freed, without waiting; {@link #freeWaiting} does it. */
    void add(DeletedBlob unused) {
        waiting.add(unused);
    }

    /** Frees what has been added. */
    void freeWaiting() {
        List<DeletedBlob> taken = new ArrayList<>();
        for (DeletedBlob unused = waiting.poll(); unused != null; unused = waiting.poll()) {
            taken.add(unused);
        }
        free(taken);
    }

    /** Notes in the log what could not be done now. */
    void couldNot(StoreException e) {
        LOG.atLevel(index.isClosed() ? Level.DEBUG : Level.WARN).log("{}; it is tried again", e.getMessage());
    }

    /** Frees these, of which nobody reads; returns how many bytes that gave back to the quota. */
    long free(List<DeletedBlob> unused) {
        if (unused.isEmpty()) {
            return 0;
        }
        Supplier<String> attempt = () -> "removal of " + unused.size() + " contents";
        try {
            List<DeletedBlob> large = unused.stream().filter(each -> each.family() == Family.SEGMENTS).toList();
            freeChunks(attempt, unused, large);
            index.write(attempt, batch -> {
                for (DeletedBlob each : unused) {
                    batch.delete(Family.LOOSE, Keys.number(each.number()));
                }
            });
            long bytes = large.stream().mapToLong(DeletedBlob::diskBytes).sum();
            if (bytes > 0) {
                use.measure();
                quota.release(bytes);
            }
            return bytes;
        } catch (StoreException e) {
            waiting.addAll(unused);
            couldNot(e);
            return 0;
        }
    }

    private void freeChunks(Supplier<String> attempt, List<DeletedBlob> all, List<DeletedBlob> large) throws StoreException {
        if (!large.isEmpty()) {
            segments.delete(attempt, large.stream().map(DeletedBlob::number).toList());
        }
        if (all.size() > large.size()) {
            bulk.write(attempt, batch -> {
                for (DeletedBlob each : all) {
                    if (each.family() == Family.SMALL) {
                        batch.deleteRange(Family.SMALL, Keys.number(each.number()), Keys.number(each.number() + 1));
                    }
                }
            });
        }
    }
}

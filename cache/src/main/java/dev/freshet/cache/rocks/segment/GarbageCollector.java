package dev.freshet.cache.rocks.segment;

import dev.freshet.cache.rocks.catalog.Uncommitted;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The collector of chunks without a reference. It frees first the chunks, then their note in the index, then their
 * charge to the quota. Chunks that cannot be freed now, because the store is closed or read-only, are retried later or
 * freed at the next open. May be used by any thread.
 */
public final class GarbageCollector {

    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollector.class);

    private final Database index;
    private final Database bulk;
    private final Segments segments;
    private final DiskUsage usage;
    private final Executor housekeeping;
    private final Queue<DeletedBlob> waiting = new ConcurrentLinkedQueue<>();
    private final ReferenceCounts references = new ReferenceCounts(waiting::add);

    /** @param housekeeping runs what can wait */
    public GarbageCollector(Database index, Database bulk, Segments segments, DiskUsage usage, Executor housekeeping) {
        this.index = index;
        this.bulk = bulk;
        this.segments = segments;
        this.usage = usage;
        this.housekeeping = housekeeping;
    }

    /** The references that keep chunks; the chunks of a deleted blob are freed after its last one. */
    public ReferenceCounts references() {
        return references;
    }

    /** Queues chunks without waiting; {@link #freeWaiting} frees them. */
    public void add(DeletedBlob deleted) {
        waiting.add(deleted);
    }

    /** Frees the chunks that are queued. */
    public void freeWaiting() {
        List<DeletedBlob> taken = new ArrayList<>();
        for (DeletedBlob deleted = waiting.poll(); deleted != null; deleted = waiting.poll()) {
            taken.add(deleted);
        }
        free(taken);
    }

    /** Frees the chunks of a blob whose record is gone, now or with the last reference to them. */
    public void delete(DeletedBlob deleted) {
        if (references.markDeleted(deleted)) {
            free(List.of(deleted));
        }
    }

    /** Frees a partial blob in the background, when a note in the index says that it is deleted. */
    public void deleteLater(PartialBlobs.Entry partial) {
        if (partial.blob().isEmpty()) {
            return;
        }
        housekeeping.execute(() -> {
            try {
                index.write(() -> "removal of an unfinished " + partial.blob().digest(),
                        batch -> batch.put(Family.LOOSE,
                                Keys.number(partial.number()), new Uncommitted.Deleted(Family.SEGMENTS).encode()));
            } catch (StoreException e) {
                logRetry(e);
            }
            delete(partial.deleted());
        });
    }

    private void logRetry(StoreException e) {
        LOG.atLevel(index.isClosed() ? Level.DEBUG : Level.WARN).log("{}; it is tried again", e.getMessage());
    }

    /** Frees chunks without references; returns how many bytes that gave back to the quota. */
    public long free(List<DeletedBlob> deleted) {
        if (deleted.isEmpty()) {
            return 0;
        }
        Supplier<String> attempt = () -> "removal of " + deleted.size() + " contents";
        try {
            List<DeletedBlob> large = deleted.stream().filter(each -> each.family() == Family.SEGMENTS).toList();
            freeChunks(attempt, deleted, large);
            index.write(attempt, batch -> {
                for (DeletedBlob each : deleted) {
                    batch.delete(Family.LOOSE, Keys.number(each.number()));
                }
            });
            long bytes = large.stream().mapToLong(DeletedBlob::diskBytes).sum();
            if (bytes > 0) {
                usage.measure();
                usage.quota().release(bytes);
            }
            return bytes;
        } catch (StoreException e) {
            waiting.addAll(deleted);
            logRetry(e);
            return 0;
        }
    }

    private void freeChunks(Supplier<String> attempt, List<DeletedBlob> all, List<DeletedBlob> large)
            throws StoreException {
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

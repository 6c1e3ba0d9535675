package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The numbers under which chunks are kept, each used once and never again, and who still needs the chunks under them.
 *
 * <p>A fill stands in {@link Family#FILLS} from before its first chunk is put until its commit record is, and again from
 * the removal of that record until its chunks are gone; each change of the two is one batch. So whatever stands there when
 * the store is opened is an orphan, and the sweep looks at nothing else. May be used by any thread.
 */
final class Fills {

    private static final Logger LOG = LoggerFactory.getLogger(Fills.class);
    private static final byte[] COUNTER = "next fill".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};
    private static final int RESERVED_AT_ONCE = 1024;

    private final Database database;
    private final ConcurrentMap<Long, Holders> held = new ConcurrentHashMap<>();
    private final Queue<Long> undropped = new ConcurrentLinkedQueue<>();
    private final ReentrantLock counting = new ReentrantLock();
    private long next;
    private long reserved;

    /**
     * Who needs a fill.
     *
     * @param count readers and writers
     * @param doomed whether the chunks go when the last of them has gone
     */
    private record Holders(int count, boolean doomed) {}

    /** Continues after the last number in use, and drops what was never committed. */
    Fills(Database database) throws StoreException {
        this.database = database;
        byte[] counter = database.get(() -> "look-up of the next fill", Family.DEFAULT, COUNTER);
        next = counter == null ? 1 : ByteBuffer.wrap(counter).getLong();
        reserved = next;
        sweep();
    }

    private void sweep() throws StoreException {
        List<Long> orphans = new ArrayList<>();
        database.scan(() -> "sweep", Family.FILLS, (key, value) -> orphans.add(Keys.fill(key)));
        if (!orphans.isEmpty()) {
            LOG.info("dropping {} fills that were not committed", orphans.size());
        }
        for (long fill : orphans) {
            tryDrop(fill);
        }
    }

    /** A number never given before, also not before a crash or a loss of power; it is held by the caller. */
    long begin() throws StoreException {
        counting.lock();
        try {
            if (next == reserved) {
                long limit = reserved + RESERVED_AT_ONCE;
                database.writeSynced(() -> "reservation of fills",
                        batch -> batch.put(Family.DEFAULT, COUNTER, Keys.fill(limit)));
                reserved = limit;
            }
            hold(next);
            return next++;
        } finally {
            counting.unlock();
        }
    }

    /** Notes that chunks are put which no commit record stands for yet. */
    void mark(Supplier<String> attempt, long fill) throws StoreException {
        database.write(attempt, batch -> mark(batch, fill));
    }

    /** Notes, as part of a batch, that no commit record stands for these chunks any more. */
    static void mark(Batch batch, long fill) throws RocksDBException {
        batch.put(Family.FILLS, Keys.fill(fill), NOTHING);
    }

    /** Notes, as part of a batch, that a commit record stands for these chunks. */
    static void unmark(Batch batch, long fill) throws RocksDBException {
        batch.delete(Family.FILLS, Keys.fill(fill));
    }

    /** Keeps the chunks of a fill until {@link #release}; whoever holds must then see that it was not doomed before. */
    void hold(long fill) {
        held.merge(fill, new Holders(1, false), (held, one) -> new Holders(held.count + 1, held.doomed));
    }

    /** Ends a {@link #hold}; the last one drops the chunks of a doomed fill. */
    void release(long fill) {
        boolean[] free = {false};
        held.computeIfPresent(fill, (number, holders) -> {
            free[0] = holders.count == 1 && holders.doomed;
            return holders.count == 1 ? null : new Holders(holders.count - 1, holders.doomed);
        });
        if (free[0]) {
            tryDrop(fill);
        }
    }

    /** Drops the chunks of a marked fill when nobody holds it: now or later. */
    void doom(long fill) {
        if (held.computeIfPresent(fill, (number, holders) -> new Holders(holders.count, true)) == null) {
            tryDrop(fill);
        }
    }

    /** What cannot be dropped now, as the store is closed or the disk full, is dropped with a later one or by the sweep. */
    private void tryDrop(long fill) {
        try {
            drop(fill);
            Long undone = undropped.poll();
            if (undone != null) {
                tryDrop(undone);
            }
        } catch (StoreException e) {
            undropped.add(fill);
            LOG.atLevel(database.isClosed() ? Level.DEBUG : Level.WARN).log("{}; it is tried again", e.getMessage());
        }
    }

    /** Never waits, as readers close blobs where they must not. */
    private void drop(long fill) throws StoreException {
        Supplier<String> attempt = () -> "drop of fill " + fill;
        byte[] from = Keys.fill(fill);
        byte[] to = Keys.fill(fill + 1);
        database.writeAtOnce(attempt, batch -> unmark(batch.deleteRange(Family.CHUNKS, from, to), fill));
        database.deleteChunkFiles(attempt, from, to);
    }
}

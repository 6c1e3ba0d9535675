package dev.freshet.cache.rocks.segment;

import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The numbers under which chunks are kept: each is given once and never again. May be used by any thread. */
public final class FillNumbers {

    /** Numbers that a crash may leave unused; small content takes its number at its commit. */
    public static final int RESERVED_AT_ONCE = 4096;

    private static final byte[] COUNTER = "next number".getBytes(StandardCharsets.US_ASCII);

    private final Database index;
    private final ReentrantLock counting = new ReentrantLock();
    private final long first;
    private long next;
    private long reserved;

    /**
     * Continues behind the last number that may have been given, also when the note of it was lost, or all of the index:
     * a number that was given twice would mix the bytes of two blobs.
     */
    public FillNumbers(Database index, Database bulk) throws StoreException {
        this.index = index;
        Supplier<String> attempt = () -> "look-up of the next number";
        byte[] counter = index.get(attempt, Family.NOTES, COUNTER);
        long start = counter == null ? 1 : Keys.number(counter);
        for (Family family : List.of(Family.SEGMENTS, Family.SMALL, Family.OWNERS, Family.LOOSE)) {
            Database database = family.home() == Family.Home.BULK ? bulk : index;
            start = Math.max(start, database.lastNumber(attempt, family) + 1);
        }
        this.first = start;
        this.next = start;
        this.reserved = start;
    }

    /** The first number that this process can give. */
    public long first() {
        return first;
    }

    public long next() throws StoreException {
        counting.lock();
        try {
            if (next == reserved) {
                long limit = reserved + RESERVED_AT_ONCE;
                index.writeSynced(() -> "reservation of numbers",
                        batch -> batch.put(Family.NOTES, COUNTER, Keys.number(limit)));
                reserved = limit;
            }
            return next++;
        } finally {
            counting.unlock();
        }
    }
}

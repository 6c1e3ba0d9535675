package dev.freshet.cache.rocks.db;

import dev.freshet.cache.store.StoreException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The wait of writers while unflushed bytes take all the memory they may. RocksDB could do the same, but would wait for ever
 * when the disk is full, and would not try the flush again that failed. After a wait of ten seconds without success, later
 * ones last half a second at most, until there is room again. May be used by any thread.
 */
final class WriteStall {

    static final String TOO_SLOW = "the disk is full or too slow; free some space";

    private static final int PAUSES = 2_000;
    private static final int PAUSES_PER_FLUSH = 100;

    private final Room room;
    private final Flush flushAgain;
    private final Duration pause;
    private volatile boolean spent;

    /** A check for memory to write to. */
    interface Room {

        boolean isThere() throws StoreException;
    }

    /** A flush that may make room; it does not wait for it. */
    interface Flush {

        void run() throws StoreException;
    }

    /**
     * Makes a stall whose first wait is a long one.
     *
     * @param room what is waited for
     * @param flushAgain what may make room, without waiting; done every hundred pauses
     * @param pause between two looks; it gives up after two thousand
     */
    WriteStall(Room room, Flush flushAgain, Duration pause) {
        this.room = room;
        this.flushAgain = flushAgain;
        this.pause = pause;
    }

    /** Waits until there is room for what is attempted. */
    void awaitRoom(Supplier<String> attempt) throws StoreException {
        for (int pauses = 0; !room.isThere(); pauses++) {
            if (pauses == (spent ? PAUSES_PER_FLUSH : PAUSES)) {
                spent = true;
                throw new StoreException(attempt.get() + " failed: " + TOO_SLOW);
            }
            if (spent ? pauses == 0 : pauses % PAUSES_PER_FLUSH == PAUSES_PER_FLUSH - 1) {
                flushAgain.run();
            }
            LockSupport.parkNanos(pause.toNanos());
        }
        spent = false;
    }
}

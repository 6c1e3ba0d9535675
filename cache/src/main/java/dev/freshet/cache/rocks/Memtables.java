package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.util.List;
import org.rocksdb.FlushOptions;

/**
 * What was written to a database and is in no table yet.
 *
 * @param limit bytes that it may take of memory
 */
record Memtables(Database database, long limit) {

    boolean haveRoom() throws StoreException {
        return database.call(() -> "look-up of memory in use",
                open -> open.db().getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables") < limit);
    }

    /** Begins to write tables once more, after that has failed, and does not wait for it. */
    void flushAgain() throws StoreException {
        database.call(() -> "flush", open -> {
            try (FlushOptions begin = new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true)) {
                open.db().flush(begin, List.copyOf(open.families().values()));
            }
            return true;
        });
    }
}

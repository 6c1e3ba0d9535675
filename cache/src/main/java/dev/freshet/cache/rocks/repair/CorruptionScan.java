package dev.freshet.cache.rocks.repair;

import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.StoreException;

/**
 * A search for damage that no reader meets but compactions do: they fail again and again, and the database grows. Not safe
 * for use by several threads.
 */
public final class CorruptionScan {

    private static final long FIRST_ERRORS = 3;

    private final Database database;
    private long seen;
    private long tolerated = FIRST_ERRORS;

    public CorruptionScan(Database database) {
        this.database = database;
    }

    /**
     * Reads everything when enough has failed since the last time; when nothing was found, twice as much has to fail before
     * the next.
     *
     * @throws StoreException if it is damaged, which it notes
     */
    public void verifyAfterErrors() throws StoreException {
        long errors = database.call(() -> "look-up of errors",
                open -> open.db().getLongProperty("rocksdb.background-errors"));
        if (errors < seen) {
            seen = 0;
            tolerated = FIRST_ERRORS;
        }
        if (errors - seen >= tolerated) {
            seen = errors;
            tolerated *= 2;
            verify(database);
        }
    }

    /** Reads everything but segments; ends early when the database is closed. */
    public static void verify(Database database) throws StoreException {
        for (Family family : database.home().families()) {
            if (family != Family.SEGMENTS) {
                database.scan(() -> "verification of database " + database.home().directory(), family, Keys.FIRST,
                        (key, value) -> !database.isClosed());
            }
        }
    }
}

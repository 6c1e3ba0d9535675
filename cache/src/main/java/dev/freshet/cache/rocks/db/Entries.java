package dev.freshet.cache.rocks.db;

import dev.freshet.cache.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The entries of one family, in the order of their keys.
 *
 * @param database open, and not closed meanwhile
 * @param options how they are read
 */
public record Entries(NativeDatabase database, Family family, ReadOptions options) {

    private RocksIterator iterator() {
        return database.db().newIterator(database.family(family), options);
    }

    /**
     * Visits them from a key on, as they are now.
     *
     * @param begun runs as soon as no later change can be seen any more
     */
    public void visit(byte[] from, Database.Visitor visitor, Database.Step begun)
            throws RocksDBException, StoreException {
        try (RocksIterator entries = iterator()) {
            begun.run();
            boolean more = true;
            for (entries.seek(from); more && entries.isValid(); entries.next()) {
                more = visitor.visit(entries.key(), entries.value());
            }
            entries.status();
        }
    }

    /** The numbers that the keys begin with, from one on. */
    List<Long> numbers(long from) throws RocksDBException {
        List<Long> numbers = new ArrayList<>();
        try (RocksIterator entries = iterator()) {
            for (entries.seek(Keys.number(from)); entries.isValid();) {
                long number = Keys.number(entries.key());
                numbers.add(number);
                entries.seek(Keys.number(number + 1));
            }
            entries.status();
        }
        return numbers;
    }

    /** The last number that the keys begin with, also when the last of them cannot be read; 0 without any. */
    long lastNumber() throws RocksDBException {
        try (RocksIterator entries = iterator()) {
            entries.seekToLast();
            entries.status();
            return entries.isValid() ? Keys.number(entries.key()) : 0;
        } catch (RocksDBException e) {
            if (Fault.of(e) == Fault.DAMAGE) {
                return database.tables(family).mapToLong(table -> Keys.number(table.largestKey())).max().orElse(0);
            }
            throw e;
        }
    }
}

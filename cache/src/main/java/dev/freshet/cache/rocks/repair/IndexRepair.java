package dev.freshet.cache.rocks.repair;

import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Fault;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.rocks.db.NativeDatabase;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The copy of the readable entries of an index into an empty one, in which all entries agree: a commit record stands under
 * its digest and under its number, or nowhere, and no note of uncommitted chunks has the number of a record.
 */
final class IndexRepair {

    private static final int ENTRIES_AT_ONCE = 1_000;

    private final NativeDatabase from;
    private final NativeDatabase to;
    private final List<Change> changes = new ArrayList<>();
    private final Map<Family, Long> kept = new EnumMap<>(Family.class);

    /** A change of the copy. */
    private interface Change {

        void to(WriteBatch batch) throws RocksDBException;
    }

    IndexRepair(NativeDatabase from, NativeDatabase to) {
        this.from = from;
        this.to = to;
    }

    /**
     * The result of a copy.
     *
     * @param kept how many entries of each family were copied
     * @param lost the families of which something could not be read or makes no sense
     */
    record Copied(Map<Family, Long> kept, Set<Family> lost) {}

    /** Copies. */
    Copied copy() throws RocksDBException {
        Set<Family> lost = EnumSet.noneOf(Family.class);
        for (Family family : Family.Home.INDEX.families()) {
            if (!copy(family)) {
                lost.add(family);
            }
        }
        nameDigests();
        nameNumbers();
        dropNotesOfCommitted();
        write();
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            to.db().flush(options, List.copyOf(to.families().values()));
        }
        return new Copied(kept, lost);
    }

    /** Goes on behind what is damaged with the next table that begins there; false when something was left out. */
    private boolean copy(Family family) throws RocksDBException {
        boolean whole = true;
        boolean[] sense = {true};
        long[] count = {0};
        byte[] at = Keys.FIRST;
        while (at != null) {
            byte[][] last = {at};
            try {
                visit(from, family, at, (key, value) -> {
                    last[0] = key;
                    if (makesSense(family, key, value)) {
                        change(batch -> batch.put(to.family(family), key, value));
                        count[0]++;
                    } else {
                        sense[0] = false;
                    }
                    return true;
                });
                at = null;
            } catch (RocksDBException e) {
                if (Fault.of(e) != Fault.DAMAGE) {
                    throw e;
                }
                whole = false;
                at = nextTable(family, last[0]);
            }
        }
        kept.put(family, count[0]);
        return whole && sense[0];
    }

    private static boolean makesSense(Family family, byte[] key, byte[] value) {
        try {
            if (family == Family.BLOBS) {
                CommitRecord.decode(value).encode(Keys.digest(ByteBuffer.wrap(key)));
            } else if (family == Family.OWNERS) {
                CommitRecord.decode(value).encode(CommitRecord.owner(value));
            }
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private byte @Nullable [] nextTable(Family family, byte[] after) {
        return from.tables(family).map(LiveFileMetaData::smallestKey)
                .filter(first -> Arrays.compareUnsigned(first, after) > 0).min(Arrays::compareUnsigned).orElse(null);
    }

    /** Puts the records that are left by number only, and drops those that the digest has got another one for. */
    private void nameDigests() throws RocksDBException {
        write();
        visit(to, Family.OWNERS, Keys.FIRST, (number, value) -> {
            byte[] digest = Keys.digest(CommitRecord.owner(value));
            byte[] named = CommitRecord.decode(value).encode();
            byte[] record = to.db().get(to.family(Family.BLOBS), digest);
            if (record == null) {
                change(batch -> batch.put(to.family(Family.BLOBS), digest, named));
            } else if (!Arrays.equals(record, named)) {
                change(batch -> batch.delete(to.family(Family.OWNERS), number));
            }
            return true;
        });
    }

    /** Puts the records that are left by digest only, and drops those of which another one has the number. */
    private void nameNumbers() throws RocksDBException {
        write();
        visit(to, Family.BLOBS, Keys.FIRST, (digest, value) -> {
            CommitRecord record = CommitRecord.decode(value);
            byte[] number = Keys.number(record.number());
            byte[] owner = to.db().get(to.family(Family.OWNERS), number);
            byte[] named = record.encode(Keys.digest(ByteBuffer.wrap(digest)));
            if (owner == null) {
                change(batch -> batch.put(to.family(Family.OWNERS), number, named));
            } else if (!Arrays.equals(owner, named)) {
                change(batch -> batch.delete(to.family(Family.BLOBS), digest));
            }
            return true;
        });
    }

    /** Drops notes of uncommitted chunks whose number a record has. */
    private void dropNotesOfCommitted() throws RocksDBException {
        write();
        visit(to, Family.LOOSE, Keys.FIRST, (number, value) -> {
            if (to.db().get(to.family(Family.OWNERS), number) != null) {
                change(batch -> batch.delete(to.family(Family.LOOSE), number));
            }
            return true;
        });
    }

    private static void visit(NativeDatabase database, Family family, byte[] first, Database.Visitor visitor)
            throws RocksDBException {
        try (ReadOptions passing = new ReadOptions().setFillCache(false)) {
            database.visit(family, passing, first, visitor);
        }
    }

    private void change(Change change) throws RocksDBException {
        changes.add(change);
        if (changes.size() == ENTRIES_AT_ONCE) {
            write();
        }
    }

    private void write() throws RocksDBException {
        try (WriteOptions options = new WriteOptions().setDisableWAL(true); WriteBatch batch = new WriteBatch()) {
            for (Change change : changes) {
                change.to(batch);
            }
            to.db().write(options, batch);
            changes.clear();
        }
    }
}

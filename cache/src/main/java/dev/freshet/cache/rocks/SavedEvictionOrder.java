package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.EvictionOrder;
import dev.freshet.cache.evict.EvictionOrder.Ranked;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The eviction orders as notes in the index, which survive a restart. Each note holds some thousand numbers of one
 * family, coldest first, each with its bytes and how often it was used.
 */
final class SavedEvictionOrder {

    private static final Logger LOG = LoggerFactory.getLogger(SavedEvictionOrder.class);
    private static final int PER_NOTE = 4096;

    private final Database index;
    private final EvictionPolicies policies;
    private long[] restored = {};

    SavedEvictionOrder(Database index, EvictionPolicies policies) {
        this.index = index;
        this.policies = policies;
    }

    /** Replaces what was saved before, note by note: what is left of it after a crash in between stands behind the new. */
    void save() throws StoreException {
        for (Family family : Family.Home.BULK.families()) {
            try (EvictionOrder order = policies.of(family).order()) {
                save(family, order);
            }
        }
    }

    private void save(Family family, EvictionOrder order) throws StoreException {
        int notes = 0;
        for (List<Ranked> some = order.next(PER_NOTE); !some.isEmpty(); some = order.next(PER_NOTE)) {
            byte[] key = key(family, notes);
            byte[] value = RankedNotes.encode(some);
            index.write(() -> "note of what stays", batch -> batch.put(Family.NOTES, key, value));
            notes++;
        }
        deleteFrom(family, key(family, notes));
    }

    /** Key by key: a database with a cache of entries takes no deletion of a range. */
    private void deleteFrom(Family family, byte[] first) throws StoreException {
        List<byte[]> old = new ArrayList<>();
        index.scan(() -> "look-up of what stays", Family.NOTES, first, (key, value) -> {
            boolean mine = isOf(family, key);
            if (mine) {
                old.add(key);
            }
            return mine;
        });
        index.write(() -> "note of what stays", batch -> {
            for (byte[] key : old) {
                batch.delete(Family.NOTES, key);
            }
        });
    }

    private static boolean isOf(Family family, byte[] key) {
        byte[] any = key(family, 0);
        int prefix = any.length - Integer.BYTES;
        return key.length == any.length && Arrays.equals(key, 0, prefix, any, 0, prefix);
    }

    /** Restores what was saved; entries of contents that have gone since do no harm. */
    void restore() throws StoreException {
        for (Family family : Family.Home.BULK.families()) {
            List<Ranked> order = read(family);
            policies.of(family).restore(order);
            int known = restored.length;
            restored = Arrays.copyOf(restored, known + order.size());
            for (int i = 0; i < order.size(); i++) {
                restored[known + i] = order.get(i).fill();
            }
        }
        Arrays.sort(restored);
    }

    /** Adds content that was not in the order that was restored. */
    void addUnknown(CommitRecord record) {
        if (Arrays.binarySearch(restored, record.number()) < 0) {
            policies.add(record);
        }
    }

    /** Gives back the memory that {@link #addUnknown} needs. */
    void forgetKnown() {
        restored = new long[0];
    }

    private List<Ranked> read(Family family) throws StoreException {
        RankedNotes notes = new RankedNotes();
        index.scan(() -> "look-up of what stays", Family.NOTES, key(family, 0), (key, value) -> {
            boolean mine = isOf(family, key);
            if (mine && RankedNotes.isNote(value)) {
                notes.append(value);
            } else if (mine) {
                LOG.warn("a note of what stays cannot be understood and counts for nothing");
            }
            return mine;
        });
        return notes;
    }

    private static byte[] key(Family family, int note) {
        byte[] name = {'o', 'r', 'd', 'e', 'r', ' ', CommitRecord.code(family)};
        return ByteBuffer.allocate(name.length + Integer.BYTES).put(name).putInt(note).array();
    }

    /** A saved eviction order, read from notes of some thousand fills each, with 20 bytes for a fill. */
    static final class RankedNotes extends AbstractList<Ranked> implements RandomAccess {

        private static final int ENTRY_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

        /** Notes that are not empty, each by the position of its first fill. */
        private final NavigableMap<Integer, byte[]> notes = new TreeMap<>();

        private int size;

        static byte[] encode(List<Ranked> order) {
            ByteBuffer note = ByteBuffer.allocate(order.size() * ENTRY_BYTES);
            order.forEach(each -> note.putLong(each.fill()).putLong(each.bytes()).putInt(each.uses()));
            return note.array();
        }

        /** Whether {@link #encode} can have made this. */
        static boolean isNote(byte[] note) {
            return note.length % ENTRY_BYTES == 0;
        }

        /** Adds the fills of one more note. */
        void append(byte[] note) {
            if (note.length > 0) {
                notes.put(size, note);
                size += note.length / ENTRY_BYTES;
            }
        }

        @Override
        public Ranked get(int index) {
            Map.Entry<Integer, byte[]> note = notes.floorEntry(Objects.checkIndex(index, size));
            ByteBuffer entry = ByteBuffer.wrap(note.getValue(), (index - note.getKey()) * ENTRY_BYTES, ENTRY_BYTES);
            return new Ranked(entry.getLong(), entry.getLong(), entry.getInt());
        }

        @Override
        public int size() {
            return size;
        }
    }
}

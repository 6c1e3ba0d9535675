package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.EvictionOrder.Ranked;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.TreeMap;

/** A saved eviction order, read from notes of some thousand fills each, with 20 bytes for a fill. */
final class RankedNotes extends AbstractList<Ranked> implements RandomAccess {

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

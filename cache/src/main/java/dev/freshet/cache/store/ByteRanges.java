package dev.freshet.cache.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of bytes, by position: runs in order, of which no two touch or overlap. Made for few runs; a look-up takes the
 * logarithm of their number, a change at most their number. Not safe for use by several threads while one changes it.
 */
public final class ByteRanges {

    private static final int ROOM_AT_FIRST = 4;

    private long[] froms;
    private long[] tos;
    private int count;

    /** A set of no bytes. */
    public ByteRanges() {
        this.froms = new long[ROOM_AT_FIRST];
        this.tos = new long[ROOM_AT_FIRST];
    }

    private ByteRanges(ByteRanges other) {
        this.froms = other.froms.clone();
        this.tos = other.tos.clone();
        this.count = other.count;
    }

    /** A set of the same bytes, which changes on its own. */
    public ByteRanges copy() {
        return new ByteRanges(this);
    }

    /**
     * Adds bytes, of which some or all may be there; nothing happens when there are none to add.
     *
     * @param from position of the first, from 0
     * @param to position behind the last, not before the first
     */
    public void add(long from, long to) {
        requireOrder(from, to);
        if (from == to) {
            return;
        }
        int first = firstEndingAtOrBehind(from);
        int behind = first;
        long start = from;
        long end = to;
        while (behind < count && froms[behind] <= to) {
            start = Math.min(start, froms[behind]);
            end = Math.max(end, tos[behind]);
            behind++;
        }
        replace(first, behind, start, end);
    }

    /** Puts one run in the place of those from one index to another. */
    private void replace(int first, int behind, long start, long end) {
        int after = count - (behind - first) + 1;
        if (after > froms.length) {
            froms = Arrays.copyOf(froms, 2 * froms.length);
            tos = Arrays.copyOf(tos, 2 * tos.length);
        }
        System.arraycopy(froms, behind, froms, first + 1, count - behind);
        System.arraycopy(tos, behind, tos, first + 1, count - behind);
        froms[first] = start;
        tos[first] = end;
        count = after;
    }

    /** Takes bytes out, of which some or all may not be there. */
    public void remove(long from, long to) {
        requireOrder(from, to);
        ByteRanges rest = new ByteRanges();
        for (int i = 0; i < count; i++) {
            rest.add(froms[i], Math.clamp(from, froms[i], tos[i]));
            rest.add(Math.clamp(to, froms[i], tos[i]), tos[i]);
        }
        froms = rest.froms;
        tos = rest.tos;
        count = rest.count;
    }

    /** The index of the first run whose end is at a position or behind it; the number of runs when there is none. */
    private int firstEndingAtOrBehind(long position) {
        int found = Arrays.binarySearch(tos, 0, count, position);
        return found >= 0 ? found : -found - 1;
    }

    /** The index of the run that a position is in, or else of the first behind it. */
    private int runAtOrBehind(long position) {
        int index = firstEndingAtOrBehind(position);
        return index < count && tos[index] == position ? index + 1 : index;
    }

    /** Whether the byte at a position is there. */
    public boolean contains(long position) {
        return endOfRun(position) > position;
    }

    /** Whether all bytes from one position to another are there, which is so when there are none between them. */
    public boolean containsAll(long from, long to) {
        requireOrder(from, to);
        return endOfRun(from) >= to;
    }

    /** The position of the first byte of the run that a position is in: itself when it is in none. */
    public long startOfRun(long position) {
        int index = runAtOrBehind(position);
        return index < count && froms[index] <= position ? froms[index] : position;
    }

    /** The position behind the last byte that is there without a gap from a position on: itself when that one is not. */
    public long endOfRun(long position) {
        int index = runAtOrBehind(position);
        return index < count && froms[index] <= position ? tos[index] : position;
    }

    /**
     * The position of the first byte that is there, at a position or behind it; {@link ByteRange#END} when there is none.
     */
    public long nextPresent(long position) {
        int index = runAtOrBehind(position);
        return index < count ? Math.max(position, froms[index]) : ByteRange.END;
    }

    /** The bytes between two positions that are not there, in order. */
    public List<ByteRange> gaps(long from, long to) {
        requireOrder(from, to);
        List<ByteRange> gaps = new ArrayList<>();
        long at = endOfRun(from);
        while (at < to) {
            long end = Math.min(to, nextPresent(at));
            gaps.add(new ByteRange(at, end));
            at = endOfRun(end);
        }
        return gaps;
    }

    /** How many bytes are there. */
    public long bytes() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += tos[i] - froms[i];
        }
        return sum;
    }

    /** Position behind the last byte that is there; 0 when there is none. */
    public long end() {
        return count == 0 ? 0 : tos[count - 1];
    }

    /** How many runs there are. */
    public int runs() {
        return count;
    }

    /** Whether these are all bytes of a content of this length, and no others. */
    public boolean isAll(long length) {
        return end() == length && containsAll(0, length);
    }

    /** The runs, in order. */
    public List<ByteRange> list() {
        List<ByteRange> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(new ByteRange(froms[i], tos[i]));
        }
        return list;
    }

    private static void requireOrder(long from, long to) {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("there are no bytes from " + from + " to " + to);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteRanges extents && list().equals(extents.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    @Override
    public String toString() {
        return list().toString();
    }
}

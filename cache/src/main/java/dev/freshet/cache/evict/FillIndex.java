package dev.freshet.cache.evict;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.Stream;

/**
 * A hash table from the number of a fill to its slot in a {@link FillTable}. It is divided into 256 tables that grow one by
 * one: with a million fills, an add waits until at most some thousand others are moved.
 *
 * <p>One thread at a time.
 */
final class FillIndex {

    private static final int PART_BITS = 8;

    private final List<Table> parts;

    /** @param numbers the number that is in a slot */
    FillIndex(IntToLongFunction numbers) {
        this.parts = Stream.generate(() -> new Table(numbers)).limit(1 << PART_BITS).toList();
    }

    /** The slot that the number is in, or {@link FillTable#NONE}. */
    int find(long number) {
        return part(number).find(number);
    }

    /** Adds the slot of a number that is in no other. */
    void add(long number, int slot) {
        part(number).add(slot);
    }

    /** Removes the slot that the number is in, and returns it; {@link FillTable#NONE} when there is none. */
    int remove(long number) {
        return part(number).remove(number);
    }

    private Table part(long number) {
        return parts.get((int) (Table.hash(number) >>> (Long.SIZE - PART_BITS)));
    }

    /** A hash table with linear probing. It keeps slots alone, and looks into them for their numbers. */
    static final class Table {

        private static final int FEWEST = 8;

        private final IntToLongFunction numbers;
        private int[] slots = empty(FEWEST);
        private int count;

        /** @param numbers the number that is in a slot */
        Table(IntToLongFunction numbers) {
            this.numbers = numbers;
        }

        /** Spreads numbers over all bits. */
        static long hash(long number) {
            long hash = number * 0x9E3779B97F4A7C15L;
            hash = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
            return hash ^ hash >>> 29;
        }

        /** The slot that the number is in, or {@link FillTable#NONE}. */
        int find(long number) {
            return slots[position(number)];
        }

        /** Adds a slot, the number of which is in no other. */
        void add(int slot) {
            if (4 * (count + 1L) > 3L * slots.length) {
                grow();
            }
            slots[position(numbers.applyAsLong(slot))] = slot;
            count++;
        }

        /** Removes the slot that the number is in, and returns it; {@link FillTable#NONE} when there is none. */
        int remove(long number) {
            int hole = position(number);
            int removed = slots[hole];
            if (removed == FillTable.NONE) {
                return removed;
            }
            for (int at = next(hole); slots[at] != FillTable.NONE; at = next(at)) {
                int home = home(numbers.applyAsLong(slots[at]));
                if (distance(home, at) >= distance(hole, at)) {
                    slots[hole] = slots[at];
                    hole = at;
                }
            }
            slots[hole] = FillTable.NONE;
            count--;
            return removed;
        }

        private void grow() {
            int[] before = slots;
            slots = empty(2 * before.length);
            for (int slot : before) {
                if (slot != FillTable.NONE) {
                    slots[position(numbers.applyAsLong(slot))] = slot;
                }
            }
        }

        /** Where the number is, or else where it belongs. */
        private int position(long number) {
            int at = home(number);
            while (slots[at] != FillTable.NONE && numbers.applyAsLong(slots[at]) != number) {
                at = next(at);
            }
            return at;
        }

        private int home(long number) {
            return (int) hash(number) & slots.length - 1;
        }

        private int next(int at) {
            return at + 1 & slots.length - 1;
        }

        private int distance(int from, int to) {
            return to - from & slots.length - 1;
        }

        private static int[] empty(int length) {
            int[] slots = new int[length];
            Arrays.fill(slots, FillTable.NONE);
            return slots;
        }
    }
}

package dev.freshet.proxy.range;

import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.util.List;

/** The part of a blob that an answer gives. */
public sealed interface Selection {

    /** Whether it comes to the whole blob, possibly in parts. */
    boolean coversAll(long length);

    /** All of it, as one. */
    record Whole() implements Selection {

        @Override
        public boolean coversAll(long length) {
            return true;
        }
    }

    /**
     * Parts.
     *
     * @param list one at least, in the order in which they were asked for; they may overlap
     */
    record Parts(List<ByteRange> list) implements Selection {

        public Parts {
            list = List.copyOf(list);
            if (list.isEmpty()) {
                throw new IllegalArgumentException("parts without a part");
            }
        }

        @Override
        public boolean coversAll(long length) {
            ByteRanges covered = new ByteRanges();
            list.forEach(part -> covered.add(part.from(), part.to()));
            return covered.isAll(length);
        }
    }

    /** Nothing: what is asked for does not exist. */
    record Unsatisfiable() implements Selection {

        @Override
        public boolean coversAll(long length) {
            return false;
        }
    }
}

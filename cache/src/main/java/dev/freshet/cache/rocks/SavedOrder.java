package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.Ranked;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order of what stays, as notes in the index: it outlives a restart. Each note holds some thousand numbers of one
 * family, coldest first, each with its bytes and how often it was used.
 */
final class SavedOrder {

    private static final Logger LOG = LoggerFactory.getLogger(SavedOrder.class);
    private static final int PER_NOTE = 4096;
    private static final int ENTRY_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

    private final Database index;
    private final Retained retained;
    private long[] known = {};

    SavedOrder(Database index, Retained retained) {
        this.index = index;
        this.retained = retained;
    }

    /** Replaces what was saved before. */
    void save() throws StoreException {
        for (Family family : Family.Home.BULK.families()) {
            List<Ranked> order = retained.of(family).order();
            index.write(() -> "note of what stays", batch -> {
                batch.deleteRange(Family.NOTES, key(family, 0), key(family, Integer.MAX_VALUE));
                for (int from = 0, note = 0; from < order.size(); from += PER_NOTE, note++) {
                    batch.put(Family.NOTES, key(family, note),
                            encode(order.subList(from, Math.min(order.size(), from + PER_NOTE))));
                }
            });
        }
    }

    /** Restores what was saved; entries of contents that have gone since do no harm. */
    void restore() throws StoreException {
        LongStream.Builder numbers = LongStream.builder();
        for (Family family : Family.Home.BULK.families()) {
            List<Ranked> order = read(family);
            retained.of(family).restore(order);
            order.forEach(each -> numbers.add(each.fill()));
        }
        known = numbers.build().sorted().toArray();
    }

    /** Adds content that was not in the order that was restored. */
    void addUnknown(CommitRecord record) {
        if (Arrays.binarySearch(known, record.number()) < 0) {
            retained.add(record);
        }
    }

    /** Gives back the memory that {@link #addUnknown} needs. */
    void forgetKnown() {
        known = new long[0];
    }

    private List<Ranked> read(Family family) throws StoreException {
        List<Ranked> order = new ArrayList<>();
        byte[] prefix = key(family, 0);
        index.scan(() -> "look-up of what stays", Family.NOTES, prefix, (key, value) -> {
            boolean mine = key.length == prefix.length
                    && Arrays.equals(key, 0, prefix.length - Integer.BYTES, prefix, 0, prefix.length - Integer.BYTES);
            if (mine && value.length % ENTRY_BYTES == 0) {
                decode(value).forEach(order::add);
            } else if (mine) {
                LOG.warn("a note of what stays cannot be understood and counts for nothing");
            }
            return mine;
        });
        return order;
    }

    private static byte[] key(Family family, int note) {
        byte[] name = {'o', 'r', 'd', 'e', 'r', ' ', CommitRecord.code(family)};
        return ByteBuffer.allocate(name.length + Integer.BYTES).put(name).putInt(note).array();
    }

    private static byte[] encode(List<Ranked> order) {
        ByteBuffer value = ByteBuffer.allocate(order.size() * ENTRY_BYTES);
        order.forEach(each -> value.putLong(each.fill()).putLong(each.bytes()).putInt(each.uses()));
        return value.array();
    }

    private static Stream<Ranked> decode(byte[] value) {
        ByteBuffer fields = ByteBuffer.wrap(value);
        return Stream.generate(() -> new Ranked(fields.getLong(), fields.getLong(), fields.getInt()))
                .limit(value.length / ENTRY_BYTES);
    }
}

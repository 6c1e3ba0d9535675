package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.rocks.db.Family;
import java.nio.ByteBuffer;

/** A note in the index of why chunks may be on disk under a number that no commit record names. */
public sealed interface Uncommitted permits PartialBlob, Uncommitted.Deleted {

    /** The note in bytes. */
    byte[] encode();

    /**
     * Chunks of a blob that has been deleted; they are freed when their last reader has closed it.
     *
     * @param family where they are
     */
    record Deleted(Family family) implements Uncommitted {

        @Override
        public byte[] encode() {
            return new byte[]{'d', CommitRecord.code(family)};
        }
    }

    /**
     * Reads what {@link #encode()} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Uncommitted decode(byte[] value) {
        ByteBuffer fields = ByteBuffer.wrap(value);
        if (value.length == 2 && fields.get() == 'd') {
            return new Deleted(CommitRecord.family(fields.get()));
        }
        boolean isLong = value.length > PartialBlob.FIXED_BYTES + Long.BYTES;
        if (isLong && value[0] == 'q') {
            return PartialBlob.decode(fields.position(1));
        }
        if (isLong && value[0] == 'p') {
            return PartialBlob.decodeWithoutGaps(fields.position(1));
        }
        throw new IllegalArgumentException("its note has an unknown form");
    }
}

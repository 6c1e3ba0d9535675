package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;

/** Why chunks may be on disk under a number that no commit record names; kept under that number. */
sealed interface Loose {

    /** What is written of it. */
    byte[] encode();

    /**
     * Nobody will ever ask for them: they go as soon as their last reader has gone.
     *
     * @param family where they are
     */
    record Doomed(Family family) implements Loose {

        @Override
        public byte[] encode() {
            return new byte[]{'d', CommitRecord.code(family)};
        }
    }

    /**
     * Content that a writer is, or was, about to bring in; segments from the first chunk on without a gap.
     *
     * @param digest what it should become
     * @param chunkSize bytes in each of its chunks
     * @param chunks how many there are
     * @param diskBytes what they take of the disk
     */
    record Partial(Digest digest, int chunkSize, long chunks, long diskBytes) implements Loose {

        long length() {
            return chunks * chunkSize;
        }

        @Override
        public byte[] encode() {
            byte[] name = Keys.digest(digest);
            return ByteBuffer.allocate(1 + Integer.BYTES + 2 * Long.BYTES + name.length)
                    .put((byte) 'p').putInt(chunkSize).putLong(chunks).putLong(diskBytes).put(name).array();
        }
    }

    /**
     * Reads what {@link #encode()} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Loose decode(byte[] value) {
        ByteBuffer fields = ByteBuffer.wrap(value);
        if (value.length == 2 && fields.get() == 'd') {
            return new Doomed(CommitRecord.family(fields.get()));
        }
        fields.rewind();
        if (value.length > 1 + Integer.BYTES + 2 * Long.BYTES && fields.get() == 'p') {
            int chunkSize = fields.getInt();
            long chunks = fields.getLong();
            long diskBytes = fields.getLong();
            return new Partial(Keys.digest(fields), chunkSize, chunks, diskBytes);
        }
        throw new IllegalArgumentException("its note cannot be understood");
    }
}

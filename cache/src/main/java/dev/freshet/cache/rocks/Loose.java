package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

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
     * Content that a writer is, or was, about to bring in, with gaps perhaps.
     *
     * @param digest what it should become
     * @param chunkSize bytes in each of its chunks, but the last of the content
     * @param present what is there, whole chunks; not to be changed
     * @param diskBytes what it takes of the disk
     */
    record Partial(Digest digest, int chunkSize, ByteRanges present, long diskBytes) implements Loose {

        private static final int FIXED_BYTES = 1 + Integer.BYTES + Long.BYTES;

        /** With nothing there as yet. */
        static Partial none(Digest digest, int chunkSize) {
            return new Partial(digest, chunkSize, new ByteRanges(), 0);
        }

        /** With a segment more. */
        Partial with(ByteRange segment, long segmentDiskBytes) {
            ByteRanges more = present.copy();
            more.add(segment.from(), segment.to());
            return new Partial(digest, chunkSize, more, diskBytes + segmentDiskBytes);
        }

        boolean isEmpty() {
            return present.runs() == 0;
        }

        /** How many bytes are there from the first on without a gap. */
        long length() {
            return present.endOfRun(0);
        }

        /** The length of the whole content, which is known when its last chunk is there and cut short. */
        OptionalLong knownLength() {
            return present.end() % chunkSize == 0 ? OptionalLong.empty() : OptionalLong.of(present.end());
        }

        /** Whether it can be a part of content of this length. */
        boolean fits(long length) {
            return present.end() <= length && knownLength().orElse(length) == length;
        }

        /** The places where chunks are missing, from one to before another. */
        List<ByteRange> missingChunks() {
            return present.gaps(0, ByteRange.END).stream()
                    .map(gap -> new ByteRange((gap.from() + chunkSize - 1) / chunkSize,
                            gap.to() == ByteRange.END ? ByteRange.END : gap.to() / chunkSize))
                    .toList();
        }

        @Override
        public byte[] encode() {
            byte[] name = Keys.digest(digest);
            ByteBuffer fields = ByteBuffer.allocate(FIXED_BYTES + name.length + present.runs() * 2 * Long.BYTES)
                    .put((byte) 'q').putInt(chunkSize).putLong(diskBytes).put(name);
            present.list().forEach(run -> fields.putLong(run.from()).putLong(run.to()));
            return fields.array();
        }

        private static Partial decode(ByteBuffer fields) {
            int chunkSize = fields.getInt();
            long diskBytes = fields.getLong();
            Digest digest = Keys.digest(fields);
            ByteRanges present = new ByteRanges();
            while (fields.remaining() >= 2 * Long.BYTES) {
                present.add(fields.getLong(), fields.getLong());
            }
            return new Partial(digest, chunkSize, present, diskBytes);
        }

        /** As it was written when there were no gaps. */
        private static Partial decodeWithoutGaps(ByteBuffer fields) {
            int chunkSize = fields.getInt();
            long chunks = fields.getLong();
            long diskBytes = fields.getLong();
            ByteRanges present = new ByteRanges();
            present.add(0, chunks * chunkSize);
            return new Partial(Keys.digest(fields), chunkSize, present, diskBytes);
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
        boolean isLong = value.length > Partial.FIXED_BYTES + Long.BYTES;
        if (isLong && value[0] == 'q') {
            return Partial.decode(fields.position(1));
        }
        if (isLong && value[0] == 'p') {
            return Partial.decodeWithoutGaps(fields.position(1));
        }
        throw new IllegalArgumentException("its note cannot be understood");
    }
}

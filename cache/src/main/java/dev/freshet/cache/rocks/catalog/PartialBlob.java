package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/**
 * The part of a blob that an interrupted fill has left on disk, or that a running one has written so far; it may have gaps.
 *
 * @param digest what it should become
 * @param chunkSize bytes in each of its chunks, but the last of the content
 * @param present what is there, whole chunks; not to be changed
 * @param diskBytes what it takes of the disk
 */
public record PartialBlob(Digest digest, int chunkSize, ByteRanges present, long diskBytes) implements Uncommitted {

    static final int FIXED_BYTES = 1 + Integer.BYTES + Long.BYTES;

    /** With nothing there as yet. */
    public static PartialBlob none(Digest digest, int chunkSize) {
        return new PartialBlob(digest, chunkSize, new ByteRanges(), 0);
    }

    /** With a segment more. */
    public PartialBlob with(ByteRange segment, long segmentDiskBytes) {
        ByteRanges more = present.copy();
        more.add(segment.from(), segment.to());
        return new PartialBlob(digest, chunkSize, more, diskBytes + segmentDiskBytes);
    }

    public boolean isEmpty() {
        return present.runs() == 0;
    }

    /** How many bytes are there from the first on without a gap. */
    public long length() {
        return present.endOfRun(0);
    }

    /** The length of the whole content, which is known when its last chunk is there and cut short. */
    public OptionalLong knownLength() {
        return present.end() % chunkSize == 0 ? OptionalLong.empty() : OptionalLong.of(present.end());
    }

    /** Whether it can be a part of content of this length. */
    public boolean fits(long length) {
        return present.end() <= length && knownLength().orElse(length) == length;
    }

    /** The places where chunks are missing, from one to before another. */
    public List<ByteRange> missingChunks() {
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

    static PartialBlob decode(ByteBuffer fields) {
        int chunkSize = fields.getInt();
        long diskBytes = fields.getLong();
        Digest digest = Keys.digest(fields);
        ByteRanges present = new ByteRanges();
        while (fields.remaining() >= 2 * Long.BYTES) {
            present.add(fields.getLong(), fields.getLong());
        }
        return new PartialBlob(digest, chunkSize, present, diskBytes);
    }

    /** As it was written when there were no gaps. */
    static PartialBlob decodeWithoutGaps(ByteBuffer fields) {
        int chunkSize = fields.getInt();
        long chunks = fields.getLong();
        long diskBytes = fields.getLong();
        ByteRanges present = new ByteRanges();
        present.add(0, chunks * chunkSize);
        return new PartialBlob(Keys.digest(fields), chunkSize, present, diskBytes);
    }
}

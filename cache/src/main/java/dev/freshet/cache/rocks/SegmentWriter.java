package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * How chunks get onto the disk, before there is a record of them, and what becomes of those that never get one. May be used
 * by any thread.
 */
final class SegmentWriter {

    private static final long NO_DISK_IS_LARGER = 1L << 60;
    private static final int TRIES_ON_A_FULL_DISK = 4;

    /** What is scattered more than this was so already while memory was short, and is not worth its files. */
    private static final int RUNS_AT_MOST = 1024;

    private final Parts parts;

    SegmentWriter(Parts parts) {
        this.parts = parts;
    }

    /** What an earlier writer has left, unless its chunks are of another size than ours, or it is of another length. */
    PartialBlobs.@Nullable Left claim(Digest digest, OptionalLong length) throws StoreException {
        PartialBlobs.Left left = parts.partials().claim(digest);
        if (left != null && (left.partial().chunkSize() != parts.memory().chunkSize()
                || (length.isPresent() && !left.partial().fits(length.getAsLong())))) {
            doom(left);
            return null;
        }
        return left;
    }

    /** At most so many bytes of the disk are taken by the segments of so many bytes. */
    long mostOf(long expected) {
        long bytes = Math.clamp(expected, 0, NO_DISK_IS_LARGER);
        long segment = parts.segmentSize();
        long chunks = segment / parts.memory().chunkSize();
        long rest = bytes % segment;
        return bytes / segment * Segments.atMost(segment, chunks)
                + Segments.atMost(rest, rest / parts.memory().chunkSize() + 1);
    }

    /** Makes a segment, and room for it when the disk is full before the limit is reached. */
    long put(Supplier<String> attempt, long number, long firstChunk, Segments.Source source) throws StoreException {
        for (int tries = 1;; tries++) {
            parts.health().requireWritable(attempt);
            try {
                parts.evictor().keepFree(parts.health().reserve());
                return parts.segments().store(attempt, number, firstChunk, source);
            } catch (StoreException e) {
                boolean mayTry = isDiskFull(e) && tries < TRIES_ON_A_FULL_DISK && parts.health().isWritable();
                if (!mayTry || !parts.evictor().relieve(2 * parts.segmentSize())) {
                    if (!parts.bulk().isClosed()) {
                        parts.health().report(e);
                    }
                    throw e;
                }
            }
        }
    }

    private static boolean isDiskFull(StoreException e) {
        return e.getCause() instanceof RocksDBException cause && Fault.of(cause) == Fault.FULL;
    }

    /** Puts all chunks of small content, under a number that is held for its writer. */
    ChunkReader.Run putSmall(ChunkReader.Run run, List<ByteBuffer> chunks) throws StoreException {
        long number = parts.numbers().next();
        parts.holds().hold(number);
        boolean put = false;
        try {
            parts.evictor().keepWithin();
            parts.evictor().keepFree(parts.health().reserve());
            ByteBuffer key = ByteBuffer.allocateDirect(Keys.CHUNK_KEY_BYTES);
            parts.bulk().write(() -> "commit of " + run.digest(), batch -> {
                for (int i = 0; i < chunks.size(); i++) {
                    batch.put(Family.SMALL, Keys.chunk(key, number, i), chunks.get(i));
                }
            });
            put = true;
            return new ChunkReader.Run(run.digest(), Family.SMALL, number, run.chunkSize());
        } finally {
            if (!put) {
                releaseSmall(number, false);
            }
        }
    }

    /** Ends a writer's hold on small content, which goes unless it was committed. */
    void releaseSmall(long number, boolean committed) {
        DeletedBlob unused = new DeletedBlob(Family.SMALL, number, 0);
        if (!committed && parts.holds().doom(unused)) {
            parts.disposal().add(unused);
        }
        parts.holds().release(number);
    }

    /** Takes over what a writer has left on disk: for the next one, or to be freed. */
    void leave(long number, Loose.Partial left, boolean keep) {
        PartialBlobs.Left mine = new PartialBlobs.Left(number, left);
        PartialBlobs.Left older = keep && !left.isEmpty() && left.present().runs() <= RUNS_AT_MOST
                ? parts.partials().leave(mine)
                : mine;
        if (older != null) {
            doom(older);
        }
    }

    private void doom(PartialBlobs.Left left) {
        if (left.partial().isEmpty()) {
            return;
        }
        parts.housekeeping().execute(() -> {
            try {
                parts.index().write(() -> "removal of an unfinished " + left.partial().digest(), batch -> batch
                        .put(Family.LOOSE, Keys.number(left.number()), new Loose.Doomed(Family.SEGMENTS).encode()));
            } catch (StoreException e) {
                parts.disposal().couldNot(e);
            }
            if (parts.holds().doom(left.unused())) {
                parts.disposal().free(List.of(left.unused()));
            }
        });
    }
}

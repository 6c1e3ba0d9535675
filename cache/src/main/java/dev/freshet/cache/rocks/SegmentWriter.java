package dev.freshet.cache.rocks;

import dev.freshet.cache.memory.ChunkMemory;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.PartialBlob;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Fault;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.rocks.segment.ChunkReader;
import dev.freshet.cache.rocks.segment.DeletedBlob;
import dev.freshet.cache.rocks.segment.FillNumbers;
import dev.freshet.cache.rocks.segment.GarbageCollector;
import dev.freshet.cache.rocks.segment.PartialBlobs;
import dev.freshet.cache.rocks.segment.Segments;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** The write path of chunks, from the begin of a blob until its commit record. May be used by any thread. */
final class SegmentWriter {

    /** Content of at most so many bytes goes through the log; larger content becomes segments. */
    static final long SMALL = 1L << 20;

    private static final long NO_DISK_IS_LARGER = 1L << 60;
    private static final int TRIES_ON_A_FULL_DISK = 4;

    /** A partial blob with more runs was scattered by a lack of memory, and is not worth its files. */
    private static final int RUNS_AT_MOST = 1024;

    private final Databases databases;
    private final StorageThreads threads;
    private final FillNumbers numbers;
    private final ChunkMemory memory;
    private final PartialBlobs partials;
    private final GarbageCollector collector;
    private final Evictor evictor;
    private final StoreHealth health;
    private final long segmentSize;
    private final AtomicLong onTheirWay = new AtomicLong();

    /** @param segmentSize bytes at which a segment is made */
    SegmentWriter(Databases databases, StorageThreads threads, FillNumbers numbers, ChunkMemory memory,
            PartialBlobs partials, GarbageCollector collector, Evictor evictor, StoreHealth health, long segmentSize) {
        this.databases = databases;
        this.threads = threads;
        this.numbers = numbers;
        this.memory = memory;
        this.partials = partials;
        this.collector = collector;
        this.evictor = evictor;
        this.health = health;
        this.segmentSize = segmentSize;
    }

    ChunkMemory memory() {
        return memory;
    }

    long segmentSize() {
        return segmentSize;
    }

    /** Bytes of chunks that were handed over and are not on disk yet. */
    AtomicLong onTheirWay() {
        return onTheirWay;
    }

    Evictor evictor() {
        return evictor;
    }

    PartialBlobs partials() {
        return partials;
    }

    /**
     * Begins a blob where an earlier writer has stopped, or anew, under a number that is held for the caller.
     *
     * @param sparse whether room is made only for what comes
     */
    SegmentSealer begin(Supplier<String> attempt, Digest digest, OptionalLong length, boolean sparse)
            throws StoreException {
        health.requireWritable(attempt);
        PartialBlobs.Entry left = claim(digest, length);
        long number = left == null ? numbers.next() : left.number();
        PartialBlob before = left == null ? PartialBlob.none(digest, memory.chunkSize()) : left.blob();
        long expected = length.orElse(0) - before.present().bytes();
        long promised = !sparse && (expected > SMALL || left != null) ? diskBytesAtMost(expected) : 0;
        try {
            evictor.charge(attempt, promised);
        } catch (StoreException e) {
            if (left != null) {
                leave(number, before, true);
            }
            throw e;
        }
        collector.references().hold(number);
        return new SegmentSealer(this, threads.sealers(),
                new ChunkReader.Run(digest, Family.SEGMENTS, number, before.chunkSize()),
                length.orElse(before.knownLength().orElse(-1)), before, promised);
    }

    /** The partial blob of a digest, unless its chunks have another size than ours, or it has another length. */
    private PartialBlobs.@Nullable Entry claim(Digest digest, OptionalLong length) throws StoreException {
        PartialBlobs.Entry left = partials.claim(digest);
        if (left != null && (left.blob().chunkSize() != memory.chunkSize()
                || (length.isPresent() && !left.blob().fits(length.getAsLong())))) {
            collector.deleteLater(left);
            return null;
        }
        return left;
    }

    private long diskBytesAtMost(long expected) {
        long bytes = Math.clamp(expected, 0, NO_DISK_IS_LARGER);
        long chunks = segmentSize / memory.chunkSize();
        long rest = bytes % segmentSize;
        return bytes / segmentSize * Segments.atMost(segmentSize, chunks)
                + Segments.atMost(rest, rest / memory.chunkSize() + 1);
    }

    /** Makes a segment, and evicts for it when the disk is full before the limit is reached. */
    long put(Supplier<String> attempt, long number, long firstChunk, Segments.Source source) throws StoreException {
        for (int tries = 1;; tries++) {
            health.requireWritable(attempt);
            try {
                evictor.keepFree(health.reserve());
                return databases.segments().store(attempt, number, firstChunk, source);
            } catch (StoreException e) {
                boolean mayTry = isDiskFull(e) && tries < TRIES_ON_A_FULL_DISK && health.isWritable();
                if (!mayTry || !evictor.relieve(2 * segmentSize)) {
                    if (!databases.bulk().isClosed()) {
                        health.report(e);
                    }
                    throw e;
                }
            }
        }
    }

    private static boolean isDiskFull(StoreException e) {
        return e.getCause() instanceof RocksDBException cause && Fault.of(cause) == Fault.FULL;
    }

    /** Notes which chunks of a blob are durable, so that a later writer can go on from them. */
    void note(Supplier<String> attempt, long number, PartialBlob durable) throws StoreException {
        databases.index().write(attempt,
                batch -> batch.put(Family.LOOSE, Keys.number(number), durable.encode()));
    }

    /** Puts all chunks of small content, under a number that is held for its writer. */
    ChunkReader.Run putSmall(ChunkReader.Run run, List<ByteBuffer> chunks) throws StoreException {
        long number = numbers.next();
        collector.references().hold(number);
        boolean put = false;
        try {
            evictor.keepWithin();
            evictor.keepFree(health.reserve());
            ByteBuffer key = ByteBuffer.allocateDirect(Keys.CHUNK_KEY_BYTES);
            databases.bulk().write(() -> "commit of " + run.digest(), batch -> {
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

    /** Ends a writer's hold on small content, which is deleted unless it was committed. */
    void releaseSmall(long number, boolean committed) {
        DeletedBlob deleted = new DeletedBlob(Family.SMALL, number, 0);
        if (!committed && collector.references().markDeleted(deleted)) {
            collector.add(deleted);
        }
        collector.references().release(number);
    }

    /** Takes over the durable chunks of a writer that has not committed: for the next writer, or to be freed. */
    void leave(long number, PartialBlob left, boolean keep) {
        PartialBlobs.Entry mine = new PartialBlobs.Entry(number, left);
        PartialBlobs.Entry older = keep && !left.isEmpty() && left.present().runs() <= RUNS_AT_MOST
                ? partials.leave(mine)
                : mine;
        if (older != null) {
            collector.deleteLater(older);
        }
    }
}

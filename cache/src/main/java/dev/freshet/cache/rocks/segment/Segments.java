package dev.freshet.cache.rocks.segment;

import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Handles;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.rocks.db.Layout;
import dev.freshet.cache.rocks.db.Tuning;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of large blobs. Each is a table file that is written and synced in the staging directory, and then taken
 * in by the bulk database, which moves it and syncs that it has. May be used by any thread.
 */
public final class Segments implements AutoCloseable {

    /** What a file system takes of the disk at a time. */
    private static final long BLOCK = 4096;

    /** What a database notes of a change to its files, about. */
    private static final long MANIFEST_ENTRY = 512;

    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    private final Database bulk;
    private final LongConsumer onWrite;
    private final Layout layout;
    private final Handles handles = new Handles();
    private final Options fileOptions;
    private final EnvOptions writeOptions;
    private final IngestExternalFileOptions moving = handles.own(new IngestExternalFileOptions()).setMoveFiles(true);
    private final AtomicLong files = new AtomicLong();

    /** @param onWrite hears how many bytes the database has written besides segments */
    public Segments(Database bulk, Layout layout, Tuning tuning, LongConsumer onWrite) {
        this.bulk = bulk;
        this.onWrite = onWrite;
        this.layout = layout;
        this.fileOptions = tuning.segmentFile(handles);
        this.writeOptions = tuning.segmentWrites(handles);
    }

    /** Chunks of one number, without a gap. */
    public interface Source {

        /** How many there are. */
        int count();

        /** The content of one of them, in direct memory. */
        ByteBuffer chunk(int index);
    }

    /** At most so many bytes of the disk are taken by a segment. */
    public static long atMost(long bytes, long chunks) {
        return roundUp(bytes + 96 * chunks) + 2 * BLOCK;
    }

    private static long roundUp(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK * BLOCK;
    }

    /**
     * Makes a segment, which is durable and can be read when this returns.
     *
     * @param firstChunk the place of its first chunk
     * @return bytes that it takes of the disk
     */
    public long store(Supplier<String> attempt, long number, long firstChunk, Source source) throws StoreException {
        Path file = layout.staging().resolve(number + "-" + files.incrementAndGet() + ".sst");
        boolean taken = false;
        try {
            bulk.call(attempt, database -> write(file, number, firstChunk, source));
            long bytes = roundUp(Files.size(file));
            bulk.change(attempt, database -> {
                database.db().ingestExternalFile(database.family(Family.SEGMENTS), List.of(file.toString()), moving);
                return true;
            });
            taken = true;
            onWrite.accept(MANIFEST_ENTRY);
            return bytes;
        } catch (IOException e) {
            throw e instanceof StoreException known ? known : new StoreException(attempt.get() + " failed: " + e, e);
        } finally {
            if (!taken) {
                deleteStaged(file);
            }
        }
    }

    private boolean write(Path file, long number, long firstChunk, Source source) throws RocksDBException {
        ByteBuffer key = ByteBuffer.allocateDirect(Keys.CHUNK_KEY_BYTES);
        try (SstFileWriter writer = new SstFileWriter(writeOptions, fileOptions)) {
            writer.open(file.toString());
            for (int i = 0; i < source.count(); i++) {
                writer.put(Keys.chunk(key, number, firstChunk + i), source.chunk(i));
            }
            writer.finish();
        }
        return true;
    }

    private static void deleteStaged(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("removal of {} failed, the next open does it: {}", file, e.toString());
        }
    }

    /** Frees at once what numbers have taken; of none of them may a chunk be in use. */
    public void delete(Supplier<String> attempt, List<Long> numbers) throws StoreException {
        List<byte[]> ranges = new ArrayList<>();
        for (long number : numbers) {
            ranges.add(Keys.number(number));
            ranges.add(Keys.number(number + 1));
        }
        deleteRanges(attempt, ranges);
    }

    /**
     * Frees at once what a number has taken at some places.
     *
     * @param chunks from where to where; a segment lies within one of them, or in none
     */
    public void delete(Supplier<String> attempt, long number, List<ByteRange> chunks) throws StoreException {
        List<byte[]> ranges = new ArrayList<>();
        for (ByteRange each : chunks) {
            ranges.add(Keys.chunk(number, each.from()));
            ranges.add(each.to() == ByteRange.END ? Keys.number(number + 1) : Keys.chunk(number, each.to()));
        }
        deleteRanges(attempt, ranges);
    }

    private void deleteRanges(Supplier<String> attempt, List<byte[]> ranges) throws StoreException {
        bulk.change(attempt, database -> {
            database.db().deleteFilesInRanges(database.family(Family.SEGMENTS), ranges, false);
            return true;
        });
        onWrite.accept(MANIFEST_ENTRY);
    }

    /** What each number takes of the disk, by the sizes of its files, as the database may have noted others. */
    public Map<Long, Long> diskBytes() throws StoreException {
        Supplier<String> attempt = () -> "list of segments";
        Map<String, Long> numbers = new HashMap<>();
        bulk.call(attempt, database -> {
            database.tables(Family.SEGMENTS)
                    .forEach(file -> numbers.put(file.fileName().substring(1), Keys.number(file.smallestKey())));
            return true;
        });
        try {
            Map<String, Long> sizes = Directories.sizes(layout.segments());
            Map<Long, Long> sums = new HashMap<>();
            numbers.forEach((file, number) -> sums.merge(number, sizes.getOrDefault(file, 0L), Long::sum));
            return sums;
        } catch (IOException e) {
            throw new StoreException(attempt.get() + " failed: " + e, e);
        }
    }

    /** Bytes of files that were deleted and still take of the disk, as something else was going on; 0 when it is closed. */
    public long lingering() {
        try {
            return bulk.call(() -> "look-up of deleted files",
                    database -> database.db().getLongProperty("rocksdb.obsolete-sst-files-size"));
        } catch (StoreException e) {
            return 0;
        }
    }

    /** Deletes the files that linger and could go by now. */
    public void sweep() throws StoreException {
        bulk.call(() -> "removal of deleted files", database -> {
            database.db().disableFileDeletions();
            database.db().enableFileDeletions();
            return true;
        });
    }

    @Override
    public void close() {
        handles.close();
    }
}

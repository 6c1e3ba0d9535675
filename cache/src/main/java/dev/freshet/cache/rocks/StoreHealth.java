package dev.freshet.cache.rocks;

import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Layout;
import dev.freshet.cache.rocks.db.ReopenableDatabase;
import dev.freshet.cache.rocks.repair.FileCheck;
import dev.freshet.cache.rocks.segment.DiskUsage;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of a store, writable or read-only. A write that fails for lack of space or by an error of the disk makes it
 * read-only, as later writes would fail too. {@link #recover} looks whether the disk takes writes again, and then opens
 * anew the databases that have latched the error. May be used by any thread.
 */
final class StoreHealth {

    private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);
    private static final byte[] PROBE = "last revival".getBytes(StandardCharsets.US_ASCII);
    private static final int PROBE_BYTES = 1 << 20;

    private final Layout layout;
    private final FileCheck files;
    private final DiskUsage usage;
    private final long reserve;
    private final List<Database> databases;
    private final Consumer<Event> listener;
    private final ReentrantLock telling = new ReentrantLock();
    private volatile @Nullable StoreException trouble;

    /**
     * Begins writable.
     *
     * @param reserve bytes that should be free on the disk
     */
    StoreHealth(Databases databases, DiskUsage usage, long reserve, Consumer<Event> listener) {
        this.layout = databases.layout();
        this.files = databases.fileCheck();
        this.usage = usage;
        this.reserve = reserve;
        this.databases = List.of(databases.index(), databases.bulk());
        this.listener = listener;
    }

    /** Tells the listener if the store is read-only. */
    void reportTrouble() {
        trouble();
    }

    /** Bytes that should be free on the disk. */
    long reserve() {
        return reserve;
    }

    /** The disk space in use, measured now. */
    StoreSpace space() {
        usage.measure();
        return new StoreSpace(usage.quota().used(), usage.quota().limit(), isWritable());
    }

    /** What a write failed with that would make others fail too. */
    void report(StoreException failure) {
        telling.lock();
        try {
            if (trouble == null) {
                listener.accept(new StoreEvent.Unwritable(String.valueOf(failure.getMessage())));
                trouble = failure;
            }
        } finally {
            telling.unlock();
        }
    }

    boolean isWritable() {
        return trouble() == null;
    }

    /** Writes nothing more when the store's files have gone, which no write might notice for long. */
    void checkFiles() {
        if (trouble() == null) {
            try {
                files.require();
            } catch (StoreException e) {
                if (!isClosed()) {
                    report(e);
                }
            }
        }
    }

    private boolean isClosed() {
        return databases.stream().anyMatch(Database::isClosed);
    }

    /** Fails at once where a write would. */
    void requireWritable(Supplier<String> attempt) throws StoreException {
        StoreException cause = trouble();
        if (cause != null) {
            throw ReopenableDatabase.refusal(attempt, cause);
        }
    }

    /** A database that refuses writes is trouble for the whole store. */
    private @Nullable StoreException trouble() {
        for (Database database : databases) {
            StoreException latched = database.trouble();
            if (latched != null) {
                report(latched);
            }
        }
        return trouble;
    }

    private void becomeWritable() {
        telling.lock();
        try {
            listener.accept(new StoreEvent.Writable());
            trouble = null;
        } finally {
            telling.unlock();
        }
    }

    /**
     * Makes the store writable again, if it is not and the disk allows it.
     *
     * @param room evicts until the reserve is free, if it can
     */
    void recover(Database.Step room) {
        if (trouble() == null) {
            return;
        }
        try {
            files.require();
            probe();
            for (Database database : databases) {
                if (database.trouble() != null) {
                    database.reopen();
                }
            }
            databases.getFirst().writeSynced(() -> "probe",
                    batch -> batch.put(Family.NOTES, PROBE, new byte[PROBE_BYTES / 1024]));
            room.run();
            requireReserve();
            becomeWritable();
        } catch (IOException e) {
            LOG.debug("the store is still not writable: {}", e.toString());
        }
    }

    /** With less, the next writer would fail again. */
    private void requireReserve() throws IOException {
        long free = usage.free();
        if (free < reserve) {
            throw new IOException(free + " bytes of the disk are free, and " + reserve + " are needed");
        }
    }

    /** Writes about as much as opening the databases will. */
    private void probe() throws IOException {
        Path file = layout.staging().resolve("probe");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocate(PROBE_BYTES);
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
            channel.force(true);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}

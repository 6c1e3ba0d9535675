package dev.freshet.cache.rocks.repair;

import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Fault;
import dev.freshet.cache.rocks.db.Format;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.rocks.db.Layout;
import dev.freshet.cache.rocks.db.NativeDatabase;
import dev.freshet.cache.rocks.db.ReopenableDatabase;
import dev.freshet.cache.rocks.db.Tuning;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recovery of a damaged database at its open. Of a damaged index, all is kept that can be read; of the other, the large
 * contents, while small ones are begun anew, as their compactions would fail for ever. One that cannot even be opened is
 * salvaged as far as RocksDB can, or begun anew. The log says what is lost, which is fetched again as it is asked for; how
 * many blobs that are, the startup scan finds out. One thread at a time opens it.
 */
public final class DatabaseRecovery implements ReopenableDatabase.Opener {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseRecovery.class);

    private final Layout layout;
    private final Family.Home home;
    private final Tuning tuning;
    private final Format.Access access;
    private final boolean isNew;
    private volatile boolean lost;

    /**
     * @param layout where it is
     * @param home which it is
     * @param access whether anything may be changed
     * @param isNew whether the store has nothing yet
     */
    public DatabaseRecovery(Layout layout, Family.Home home, Tuning tuning, Format.Access access, boolean isNew) {
        this.layout = layout;
        this.home = home;
        this.tuning = tuning;
        this.access = access;
        this.isNew = isNew;
    }

    /** Whether a store has files of neither database. */
    public static boolean isNew(Layout layout) throws IOException {
        return Stream.of(layout.database(Family.Home.INDEX), layout.database(Family.Home.BULK), layout.segments())
                .allMatch(DatabaseRecovery::isEmpty);
    }

    private static boolean isEmpty(Path directory) {
        try {
            return Directories.sizes(directory).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public NativeDatabase open(boolean damaged) throws RocksDBException, IOException {
        if (access == Format.Access.READING) {
            throw new RocksDBException(
                    new Status(Status.Code.NotSupported, Status.SubCode.None, "it is opened read-only"));
        }
        Map<Family, Long> entries = Map.of();
        long changes = 0;
        try {
            finishCopy();
            LogFiles logs = logs();
            changes = logs.changes();
            entries = home == Family.Home.INDEX && damaged ? entriesAtMost() : entries;
            requireWhole();
            NativeDatabase opened = openMended(damaged, false, entries, 0);
            tellOf(logs);
            return opened;
        } catch (RocksDBException e) {
            requireDamage(e);
            LOG.error("database {} of store {} is damaged: {}; it is salvaged", home.directory(), layout.root(),
                    e.getMessage());
        }
        try {
            lost = true;
            if (home == Family.Home.BULK) {
                strays().setAside();
            } else {
                entries = entriesAtMost();
            }
            open(NativeDatabase.Mode.SALVAGE).close();
            return openMended(true, true, entries, changes);
        } catch (RocksDBException e) {
            requireDamage(e);
            LOG.error(
                    "database {} of store {} cannot be salvaged: {}; it is begun anew, and all that it held is lost{}",
                    home.directory(), layout.root(), e.getMessage(), home == Family.Home.INDEX
                            ? ": " + LossReport.of(entries, Map.of(), Set.of(), true, changes)
                            : "");
        }
        Directories.delete(layout.database(home));
        return openMended(false, true, Map.of(), 0);
    }

    @Override
    public boolean hasLost() {
        return lost;
    }

    /** What cannot be read is no reason not to open it. */
    private LogFiles logs() {
        try {
            return LogFiles.read(layout.database(home));
        } catch (IOException e) {
            return new LogFiles(0, List.of("its logs cannot be read: " + Directories.messageOf(e)));
        }
    }

    private Map<Family, Long> entriesAtMost() throws IOException {
        return LossReport.entriesAtMost(layout.database(home), home);
    }

    private void tellOf(LogFiles logs) {
        if (!logs.damages().isEmpty()) {
            lost = true;
            LOG.error("database {} of store {} has lost changes: {}; how many stood there cannot be counted, {} can be"
                    + " read; what was forgotten is fetched again as it is asked for, and nothing has to be done",
                    home.directory(), layout.root(), String.join(", ", logs.damages()), logs.changes());
        }
    }

    private static void requireDamage(RocksDBException e) throws RocksDBException {
        if (Fault.of(e) != Fault.DAMAGE) {
            throw e;
        }
    }

    /** Without a file {@code CURRENT} a database is a new one to RocksDB, which deletes everything else that is there. */
    private void requireWhole() throws IOException, RocksDBException {
        Path directory = layout.database(home);
        if (Directories.sizes(directory).isEmpty()) {
            if (!isNew) {
                throw corruption("it is gone");
            }
        } else if (!namesAList(directory) && !nameTheOnlyList(directory)) {
            throw corruption("CURRENT is missing");
        }
    }

    private static RocksDBException corruption(String what) {
        return new RocksDBException(new Status(Status.Code.Corruption, Status.SubCode.None, what));
    }

    private static boolean namesAList(Path directory) throws IOException {
        Path current = directory.resolve("CURRENT");
        return Files.exists(current) && lists(directory).stream().map(list -> list.getFileName() + "\n")
                .anyMatch(Files.readString(current, StandardCharsets.ISO_8859_1)::equals);
    }

    /** All that {@code CURRENT} holds is the name of the list of files: where there is but one, nothing is lost with it. */
    private boolean nameTheOnlyList(Path directory) throws IOException {
        List<Path> lists = lists(directory);
        if (lists.size() != 1) {
            return Files.exists(directory.resolve("CURRENT"));
        }
        Files.writeString(directory.resolve("CURRENT"), lists.getFirst().getFileName() + "\n");
        LOG.warn("database {} of store {} has lost its file CURRENT, which is written anew: nothing else is lost by it",
                home.directory(), layout.root());
        return true;
    }

    private static List<Path> lists(Path directory) throws IOException {
        return Directories.files(directory, "MANIFEST-.*");
    }

    /**
     * @param isSalvaged whether RocksDB has left out something that cannot be told
     * @param entries that the index had in tables before, at most
     * @param changes that stood in its logs, and are not read any more
     */
    private NativeDatabase openMended(boolean damaged, boolean isSalvaged, Map<Family, Long> entries, long changes)
            throws RocksDBException, IOException {
        switch (home) {
            case INDEX -> {
                if (damaged) {
                    copyIndex(isSalvaged, entries, changes);
                }
            }
            case BULK -> {
                if (damaged || strays().areThere()) {
                    mendBulk();
                }
            }
        }
        return open(NativeDatabase.Mode.NORMAL);
    }

    private void copyIndex(boolean isSalvaged, Map<Family, Long> entries, long changes)
            throws RocksDBException, IOException {
        IndexRepair.Copied copied;
        NativeDatabase from = open(NativeDatabase.Mode.READ_ONLY);
        try {
            NativeDatabase to = NativeDatabase.open(layout.copy(home), home, tuning, NativeDatabase.Mode.NORMAL);
            try {
                copied = new IndexRepair(from, to).copy();
            } finally {
                to.close();
            }
        } finally {
            from.close();
        }
        Files.move(layout.database(home), layout.damaged(home));
        finishCopy();
        lost |= !copied.lost().isEmpty();
        LOG.error("the index of store {} was damaged and has been copied: {}", layout.root(), LossReport.of(entries,
                copied.kept(), copied.lost(), isSalvaged, changes));
    }

    /** The copy takes the place of what was moved out of its way. */
    private void finishCopy() throws IOException {
        if (Files.exists(layout.copy(home)) && Files.notExists(layout.database(home))) {
            Files.move(layout.copy(home), layout.database(home));
        }
        Directories.delete(layout.copy(home));
        Directories.delete(layout.damaged(home));
    }

    private OrphanFiles strays() {
        return new OrphanFiles(layout.segments(), layout.segmentsAside());
    }

    private void mendBulk() throws RocksDBException, IOException {
        NativeDatabase bulk = open(NativeDatabase.Mode.NORMAL);
        try {
            if (strays().areThere()) {
                strays().takeBack(bulk);
            }
            dropSmallIfDamaged(bulk);
        } finally {
            bulk.close();
        }
    }

    private void dropSmallIfDamaged(NativeDatabase bulk) throws RocksDBException, IOException {
        try (ReadOptions passing = new ReadOptions().setFillCache(false)) {
            bulk.visit(Family.SMALL, passing, Keys.FIRST, (key, value) -> true);
        } catch (RocksDBException e) {
            requireDamage(e);
            lost = true;
            LOG.error(
                    "small contents of store {} are damaged: {}; all of them are deleted, about {} chunks, and fetched"
                            + " again as they are asked for",
                    layout.root(), e.getMessage(), bulk.db()
                            .getLongProperty(bulk.family(Family.SMALL), "rocksdb.estimate-num-keys"));
            bulk.db().dropColumnFamily(bulk.family(Family.SMALL));
        }
    }

    @Override
    public NativeDatabase openForReading() throws RocksDBException {
        LogFiles logs = logs();
        NativeDatabase opened = open(NativeDatabase.Mode.READ_ONLY);
        tellOf(logs);
        return opened;
    }

    private NativeDatabase open(NativeDatabase.Mode mode) throws RocksDBException {
        return NativeDatabase.open(layout.database(home), home, tuning, mode);
    }
}

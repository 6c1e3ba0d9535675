package dev.freshet.cache.rocks.repair;

import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Fault;
import dev.freshet.cache.rocks.db.NativeDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that are missing from the list of files of their database. Each is a file with all that is needed to take it
 * in again, so they outlive the database, of which only the list of its files may be damaged.
 *
 * @param home where a database looks for them, and deletes those that it does not know
 * @param aside where they are out of its sight
 */
record OrphanFiles(Path home, Path aside) {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanFiles.class);

    /** Puts all segments aside. */
    void setAside() throws IOException {
        Files.createDirectories(aside);
        for (Path file : files(home)) {
            Files.move(file, aside.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Whether some are aside: also those that an earlier process has not got back. */
    boolean areThere() throws IOException {
        return !files(aside).isEmpty();
    }

    private static List<Path> files(Path directory) throws IOException {
        return Directories.files(directory, ".*\\.sst");
    }

    /** Lets a database take them in, and deletes those that are damaged themselves. */
    void takeBack(NativeDatabase bulk) throws RocksDBException, IOException {
        List<Path> files = files(aside);
        try (IngestExternalFileOptions moving = new IngestExternalFileOptions().setMoveFiles(true)) {
            takeBack(bulk, files, moving);
        }
        LOG.warn("{} of {} files with large contents were found again", files.size() - files(aside).size(),
                files.size());
        Directories.delete(aside);
    }

    /** All at once, or each half by itself. */
    private static void takeBack(NativeDatabase bulk, List<Path> files, IngestExternalFileOptions moving)
            throws RocksDBException {
        if (files.isEmpty()) {
            return;
        }
        try {
            bulk.db().ingestExternalFile(bulk.family(Family.SEGMENTS), files.stream().map(Path::toString).toList(),
                    moving);
        } catch (RocksDBException e) {
            Fault fault = Fault.of(e);
            if (fault != Fault.DAMAGE && fault != Fault.REFUSAL) {
                throw e;
            }
            if (files.size() > 1) {
                takeBack(bulk, files.subList(0, files.size() / 2), moving);
                takeBack(bulk, files.subList(files.size() / 2, files.size()), moving);
            }
        }
    }
}

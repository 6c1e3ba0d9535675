package dev.freshet.cache.rocks.db;

import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The version of what is on disk, in a file of its own, as the databases of another version may not even open. A store of a
 * newer version is refused; one of an older version is deleted, as it can all be fetched again.
 */
public final class Format {

    static final int VERSION = 2;

    private static final String FIRST = "1";
    private static final Logger LOG = LoggerFactory.getLogger(Format.class);

    private Format() {}

    /** The purpose of an open. */
    public enum Access {
        /** It is made if it is not there, repaired if it is damaged, and used. */
        FULL,
        /** Nothing of it is changed. */
        READING
    }

    /**
     * Refuses a directory that holds something else than a store of this version or an older one, and changes nothing but
     * that it makes the directory if that may be.
     *
     * @param access a store that is only looked at must be there
     */
    public static void check(Layout layout, Access access) throws StoreException {
        try {
            if (access == Access.FULL) {
                Files.createDirectories(layout.root());
            }
            if (Files.exists(layout.format())) {
                requireKnown(layout, read(layout));
            } else if (!holdsDatabase(layout) && (access == Access.READING || !isFree(layout.root()))) {
                throw new StoreException("open of store " + layout.root() + " failed: "
                        + (isFree(layout.root()) ? "nothing was stored there yet" : "it holds other files and no store")
                        + "; choose another `data`");
            }
        } catch (StoreException e) {
            throw e;
        } catch (IOException e) {
            throw cannotBeUsed(layout, e);
        }
    }

    private static StoreException cannotBeUsed(Layout layout, IOException e) {
        return new StoreException("open of store " + layout.root() + " failed: " + Directories.messageOf(e)
                + "; make it a directory that this user can read and write, or choose another `data`", e);
    }

    private static String read(Layout layout) throws IOException {
        return Files.readString(layout.format(), StandardCharsets.ISO_8859_1).strip();
    }

    private static boolean holdsDatabase(Layout layout) {
        return Files.exists(layout.database(Family.Home.INDEX).resolve("CURRENT"));
    }

    /** Whether the directory holds no file of another program; the root of a file system is never quite empty. */
    private static boolean isFree(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString())
                    .allMatch(name -> name.equals("lost+found") || name.equals("LOCK") || name.startsWith("FORMAT"));
        }
    }

    private static void requireKnown(Layout layout, String found) throws StoreException {
        if (found.isEmpty()) {
            throw new StoreException("open of store " + layout.root() + " failed: its file FORMAT is empty; delete that"
                    + " file if this release wrote the store, or choose another `data`");
        }
        if (!found.equals(FIRST) && !found.equals(Integer.toString(VERSION))) {
            throw new StoreException("open of store " + layout.root() + " failed: its format is \"" + found
                    + "\" and this release reads format " + VERSION
                    + "; run the release that wrote it, or choose another `data`");
        }
    }

    /** Makes a directory that was checked ready for this version, while the lock is held. */
    public static void prepare(Layout layout) throws StoreException {
        try {
            if (!Files.exists(layout.format())) {
                mark(layout);
            } else if (read(layout).equals(FIRST)) {
                LOG.warn("store {} has format 1, which this release does not read: it is deleted, and fetched again as"
                        + " it is asked for", layout.root());
                Directories.delete(layout.root().resolve("rocks"));
                mark(layout);
            }
        } catch (IOException e) {
            throw cannotBeUsed(layout, e);
        }
    }

    private static void mark(Layout layout) throws IOException {
        Path fresh = Files.createTempFile(layout.root(), "FORMAT", ".new");
        try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap((VERSION + "\n").getBytes(StandardCharsets.US_ASCII)));
            file.force(true);
        }
        Files.move(fresh, layout.format(), StandardCopyOption.ATOMIC_MOVE);
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The version of what is on disk, in a file of its own, as the databases of another version may not even open. What a
 * newer one has written is refused; what an older one has is deleted, as it can all be fetched again.
 */
final class Format {

    static final int VERSION = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Format.class);

    private Format() {}

    /** Makes the directory ready for this version, or refuses it. */
    static void check(Layout layout) throws StoreException {
        try {
            Files.createDirectories(layout.root());
            if (Files.exists(layout.format())) {
                accept(layout, Files.readString(layout.format(), StandardCharsets.ISO_8859_1).strip());
            } else {
                mark(layout);
            }
        } catch (StoreException e) {
            throw e;
        } catch (IOException e) {
            throw new StoreException("open of store " + layout.root() + " failed: " + e
                    + "; make it a directory that this user can read and write, or choose another `data`", e);
        }
    }

    private static void accept(Layout layout, String found) throws IOException {
        if (found.equals("1")) {
            Path old = layout.root().resolve("rocks");
            LOG.warn("store {} has format 1, which this release does not read: it is deleted, and fetched again as it"
                    + " is asked for", layout.root());
            Trees.delete(old);
            mark(layout);
        } else if (!found.equals(Integer.toString(VERSION))) {
            throw new StoreException("open of store " + layout.root() + " failed: its format is \"" + found
                    + "\" and this release reads format " + VERSION
                    + "; run the release that wrote it, or choose another `data`");
        }
    }

    private static void mark(Layout layout) throws IOException {
        Path fresh = Files.createTempFile(layout.root(), "FORMAT", ".new");
        Files.writeString(fresh, VERSION + "\n");
        Files.move(fresh, layout.format(), StandardCopyOption.ATOMIC_MOVE);
    }
}

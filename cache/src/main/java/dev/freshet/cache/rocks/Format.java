package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The version of what is on disk, in a file of its own, as the database of another version may not even open. */
final class Format {

    static final int VERSION = 1;

    private Format() {}

    /** Refuses a directory that another version wrote, and marks a new one. */
    static void check(Path directory) throws StoreException {
        Path file = directory.resolve("FORMAT");
        try {
            Files.createDirectories(directory);
            if (Files.notExists(file)) {
                Path fresh = Files.createTempFile(directory, "FORMAT", ".new");
                Files.writeString(fresh, VERSION + "\n");
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
            verify(directory, Files.readString(file, StandardCharsets.ISO_8859_1).strip());
        } catch (StoreException e) {
            throw e;
        } catch (IOException e) {
            throw new StoreException("open of store " + directory + " failed: " + e
                    + "; make it a directory that this user can read and write, or choose another `data`", e);
        }
    }

    private static void verify(Path directory, String found) throws StoreException {
        if (!found.equals(Integer.toString(VERSION))) {
            throw new StoreException("open of store " + directory + " failed: its format is \"" + found
                    + "\" and this release reads format " + VERSION
                    + "; run the release that wrote it, or choose another `data`");
        }
    }
}

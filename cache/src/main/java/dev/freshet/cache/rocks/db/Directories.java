package dev.freshet.cache.rocks.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Directories with all that is in them. */
public final class Directories {

    private static final long BLOCK = 4096;

    private Directories() {}

    /** Deletes a directory; nothing happens when it is not there. */
    public static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            List<Path> all;
            try (Stream<Path> found = Files.walk(directory)) {
                all = found.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : all) {
                Files.deleteIfExists(each);
            }
        }
    }

    /** Makes a directory that is empty. */
    public static void makeEmpty(Path directory) throws IOException {
        delete(directory);
        Files.createDirectories(directory);
    }

    /** Bytes that the files of a directory take of the disk; 0 when it is not there. Files may come and go meanwhile. */
    public static long diskBytes(Path directory) throws IOException {
        return sizes(directory).values().stream().mapToLong(Long::longValue).sum();
    }

    /** Bytes that each of them takes, by name. */
    public static Map<String, Long> sizes(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return Map.of();
        }
        Map<String, Long> sizes = new HashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> sizes.put(file.getFileName().toString(), fileBytes(file)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return sizes;
    }

    /** The files of a directory whose whole name matches a regular expression, by name; none when it is not there. */
    public static List<Path> files(Path directory, String name) throws IOException {
        if (Files.notExists(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(file -> file.getFileName().toString().matches(name)).sorted().toList();
        }
    }

    /** The file and the error of an exception, which may have no words of its own: "/data is a file and no directory". */
    public static String messageOf(IOException failure) {
        return switch (failure) {
            case FileAlreadyExistsException e -> e.getFile() + " is a file and no directory";
            case NotDirectoryException e -> e.getFile() + " is a file and no directory";
            case AccessDeniedException e -> "this user may not write " + e.getFile();
            case NoSuchFileException e -> e.getFile() + " is not there and cannot be made";
            case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
            default -> failure.toString();
        };
    }

    private static long fileBytes(Path file) {
        try {
            return (Files.size(file) + BLOCK - 1) / BLOCK * BLOCK;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

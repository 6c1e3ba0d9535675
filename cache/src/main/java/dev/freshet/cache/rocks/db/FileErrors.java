package dev.freshet.cache.rocks.db;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Messages for errors of files, for which Java has exceptions without words. */
public final class FileErrors {

    private FileErrors() {}

    /** The file and the error: "/data is a file and no directory". */
    public static String of(IOException failure) {
        return switch (failure) {
            case FileAlreadyExistsException e -> e.getFile() + " is a file and no directory";
            case NotDirectoryException e -> e.getFile() + " is a file and no directory";
            case AccessDeniedException e -> "this user may not write " + e.getFile();
            case NoSuchFileException e -> e.getFile() + " is not there and cannot be made";
            case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
            default -> failure.toString();
        };
    }
}

package dev.freshet.testbed.client;

import dev.freshet.testbed.process.Command;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of one process, gone after closing, which may happen twice. Its path is short: the paths of sockets in it may have 107 bytes.
 *
 * @param path where it is
 */
public record StateDirectory(Path path) implements AutoCloseable {

    /** A new one. */
    public StateDirectory(String name) throws IOException {
        this(Files.createTempDirectory("freshet-" + name));
    }

    /** A file or directory in it. */
    public Path at(String name) {
        return path.resolve(name);
    }

    /** Writes a file in it, and the directories that it needs. */
    public Path write(String name, String text) throws IOException {
        Path file = at(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Override
    public void close() throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        for (String mount : mounts()) {
            new Command(List.of("umount", mount), Map.of(), Path.of("/tmp")).succeed();
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** What is still mounted in it, the innermost first: clients that fail or are killed leave such behind. */
    private List<String> mounts() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
            return lines.map(line -> line.split(" ", 3)[1]).filter(mount -> mount.startsWith(path + "/"))
                    .sorted(Comparator.reverseOrder()).toList();
        }
    }
}

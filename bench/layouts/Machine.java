package layouts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Random content, and what the kernel knows and does. */
final class Machine {

    /** Random bytes, some more than 64 MiB, to take slices of. */
    static final ByteBuffer CONTENT = ByteBuffer.allocateDirect(65 << 20);

    static {
        byte[] random = new byte[CONTENT.capacity()];
        new Random(1).nextBytes(random);
        CONTENT.put(0, random);
    }

    private Machine() {}

    /** Writes and deletes a file: a virtual machine pays its host for pages that it has not used lately. */
    static void touch(Path ballast, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long at = 0; at < size; at += 1 << 20) {
                channel.write(CONTENT.slice(0, 1 << 20), at);
            }
        }
        Files.delete(ballast);
    }

    /** Drops these files, and no others, out of the page cache, as GNU dd can and Java cannot. */
    static void forget(Path directory) throws IOException, InterruptedException {
        for (Path file : files(directory)) {
            int failed = new ProcessBuilder("sh", "-c", "sync \"$1\" && dd if=\"$1\" iflag=nocache count=0 2>/dev/null",
                    "sh", file.toString()).start().waitFor();
            if (failed != 0) {
                throw new IOException("forgetting " + file + " failed: sync and GNU dd are needed");
            }
        }
    }

    /** A counter of this process's in /proc/self/io. */
    static long io(String counter) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/io")).stream().filter(line -> line.startsWith(counter + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(counter.length() + 2))).findFirst().orElseThrow();
    }

    /** The bytes of the files of a directory whose names begin with this. */
    static long bytesIn(Path directory, String prefix) throws IOException {
        long sum = 0;
        for (Path file : files(directory)) {
            if (file.getFileName().toString().startsWith(prefix)) {
                sum += Files.size(file);
            }
        }
        return sum;
    }

    static void delete(Path directory) throws IOException {
        for (Path file : files(directory)) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}

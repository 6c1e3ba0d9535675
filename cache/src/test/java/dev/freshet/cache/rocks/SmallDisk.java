package dev.freshet.cache.rocks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A file system in memory that is soon full, and can be made read-only. Only root may mount one: for others the test is
 * skipped and says so, unless {@code FRESHET_E2E=required}.
 */
public record SmallDisk(Path path) {

    private static final int PIECE = 64 << 10;

    /** Mounts one on an empty directory. */
    public static SmallDisk mount(Path directory, long bytes) throws Exception {
        requireRoot();
        run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "freshet-test", directory.toString());
        return new SmallDisk(directory);
    }

    /** Skips the test where nothing can be mounted. */
    static void requireRoot() throws IOException {
        boolean required = "required".equals(System.getenv("FRESHET_E2E"));
        boolean root = Files.getOwner(Path.of("/proc/self")).getName().equals("root");
        Assumptions.assumeTrue(root || required, "needs root, to mount a file system");
    }

    /** Runs a command, which must succeed. */
    static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
    }

    long free() throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    /** Takes all room but so many bytes, as another program would. */
    public void fillAllBut(long bytes) throws IOException {
        try (FileChannel ballast = FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (free() > bytes) {
                ballast.write(ByteBuffer.allocate((int) Math.min(PIECE, free() - bytes)));
            }
        }
    }

    /** Gives it back. */
    public void empty() throws IOException {
        Files.deleteIfExists(ballast());
    }

    /** Lets no file under a directory be made, changed or deleted by its name; those that are open can be written on. */
    public static void beginReadOnly(Path directory) throws Exception {
        requireRoot();
        run("mount", "--bind", directory.toString(), directory.toString());
        run("mount", "-o", "remount,ro,bind", directory.toString());
    }

    /** Lets files be made again. */
    public static void endReadOnly(Path directory) throws Exception {
        run("umount", "--lazy", directory.toString());
    }

    private Path ballast() {
        return path.resolve("ballast");
    }

    public void unmount() throws Exception {
        run("umount", path.toString());
    }
}

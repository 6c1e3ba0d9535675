package dev.freshet.cache.rocks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system on a block device that fails: the device is a file in memory, and when there is none left, what is written
 * to the device is lost and reported as an error of input or output.
 *
 * @param below the memory
 * @param path where the file system is
 */
record BrokenDisk(SmallDisk below, Path path) {

    private static final long MEMORY = 64L << 20;

    /** Mounts one below an empty directory; the test is skipped where that cannot be done. */
    static BrokenDisk mount(Path root) throws Exception {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/dev/loop-control")) && Stream.of("/usr/sbin", "/sbin")
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "mkfs.ext4"))),
                "needs a loop device and mkfs.ext4, for a disk that fails");
        BrokenDisk disk = new BrokenDisk(
                SmallDisk.mount(Files.createDirectories(root.resolve("below")), MEMORY),
                Files.createDirectories(root.resolve("disk")));
        SmallDisk.run("truncate", "--size=512M", disk.device());
        SmallDisk.run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1,lazy_journal_init=1", "-J", "size=4",
                disk.device());
        disk.mount();
        return disk;
    }

    private String device() {
        return below.path().resolve("device").toString();
    }

    private void mount() throws Exception {
        SmallDisk.run("mount", "-o", "loop,errors=remount-ro", device(), path.toString());
    }

    /** Fails all writes that need room on the device from now on. */
    void fail() throws IOException {
        below.fillAllBut(0);
    }

    /** What a new disk and a restart of the machine do, as far as files are concerned. */
    void repair() throws Exception {
        SmallDisk.run("umount", path.toString());
        below.empty();
        mount();
    }

    void unmount() throws Exception {
        SmallDisk.run("umount", path.toString());
        below.unmount();
    }
}

package dev.freshet.testbed.image;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.process.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** The images of the tests. The same bytes in every build, as long as the machine has the same busybox. */
public final class Images {

    private static final List<String> APPLETS = List.of("sh", "echo", "cat", "ls", "sha256sum", "stat");
    private static final int MIB = 1 << 20;

    private Images() {}

    /** Debian's busybox with a shell, as an OCI index of two platforms; it runs on this machine's. */
    public static Image busybox() throws IOException {
        return ImageBuilder.index(Family.OCI, "library/busybox", List.of(busyboxLayer()));
    }

    /** The same as a Docker manifest list. */
    public static Image busyboxForDocker() throws IOException {
        return ImageBuilder.index(Family.DOCKER, "library/busybox-docker", List.of(busyboxLayer()));
    }

    /**
     * Layers that hold a file of 300 MiB, 64 MiB, 1 MiB, 1 byte and 0 bytes, in this order, under {@code /data}; and
     * busybox and {@code /data/SUMS} on top, so that {@code sha256sum -c /data/SUMS} in it tells whether all is right.
     */
    public static Image layered(Family family) throws IOException {
        List<Layer> layers = new ArrayList<>();
        StringBuilder sums = new StringBuilder();
        for (int size : List.of(300 * MIB, 64 * MIB, MIB, 1, 0)) {
            layers.add(LayerFiles.layer("random-" + size, tar -> random(tar, "data/" + size, size)));
            sums.append(Digest.of(Digest.Algorithm.SHA256, sum(size)).hex()).append("  /data/").append(size)
                    .append('\n');
        }
        layers.add(LayerFiles.layer("sums",
                tar -> file(tar, "data/SUMS", 0644, sums.toString().getBytes(StandardCharsets.US_ASCII))));
        layers.add(busyboxLayer());
        return ImageBuilder.single(family, "testbed/layered-" + family.name().toLowerCase(Locale.ROOT),
                layers);
    }

    private static Layer busyboxLayer() throws IOException {
        byte[] busybox = Files.readAllBytes(Path.of(Tool.BUSYBOX.path()));
        return LayerFiles.layer("busybox-" + Digest.sha256(busybox).hex().substring(0, 12), tar -> {
            directory(tar, "bin/");
            directory(tar, "tmp/");
            file(tar, "bin/busybox", 0755, busybox);
            for (String applet : APPLETS) {
                TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
                link.setLinkName("busybox");
                add(tar, link, new byte[0]);
            }
        });
    }

    private static MessageDigest sum(int size) {
        MessageDigest sum = Digest.Algorithm.SHA256.newHash();
        SplittableRandom random = new SplittableRandom(size);
        byte[] piece = new byte[MIB];
        for (int left = size; left > 0; left -= Math.min(left, MIB)) {
            random.nextBytes(piece);
            sum.update(piece, 0, Math.min(left, MIB));
        }
        return sum;
    }

    private static void random(TarArchiveOutputStream tar, String name, int size) throws IOException {
        directory(tar, "data/");
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        SplittableRandom random = new SplittableRandom(size);
        byte[] piece = new byte[MIB];
        for (int left = size; left > 0; left -= Math.min(left, MIB)) {
            random.nextBytes(piece);
            tar.write(piece, 0, Math.min(left, MIB));
        }
        tar.closeArchiveEntry();
    }

    private static void directory(TarArchiveOutputStream tar, String name) throws IOException {
        add(tar, new TarArchiveEntry(name), new byte[0]);
    }

    private static void file(TarArchiveOutputStream tar, String name, int mode, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode((TarArchiveEntry.DEFAULT_FILE_MODE & ~0777) | mode);
        add(tar, entry, content);
    }

    private static void add(TarArchiveOutputStream tar, TarArchiveEntry entry, byte[] content) throws IOException {
        entry.setSize(content.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}

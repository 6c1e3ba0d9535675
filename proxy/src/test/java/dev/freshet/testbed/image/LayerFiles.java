package dev.freshet.testbed.image;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.process.SharedLock;
import dev.freshet.testbed.wire.Content;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Layers on disk, made when they are asked for the first time in a build: the large ones take seconds. They are gzip
 * without compression, so that their size is known.
 */
final class LayerFiles {

    private static final Path DIRECTORY = Path.of("target", "testbed", "layers");
    private static final SharedLock LOCK = new SharedLock(DIRECTORY.resolve("lock"));

    /** Writes the files of a layer. */
    @FunctionalInterface
    interface Writer {

        void write(TarArchiveOutputStream tar) throws IOException;
    }

    private LayerFiles() {}

    /** The layer of this name, which stands for all that the writer writes. */
    static Layer layer(String name, Writer writer) throws IOException {
        return LOCK.holding(() -> layerAlone(name, writer));
    }

    private static Layer layerAlone(String name, Writer writer) throws IOException {
        Path file = DIRECTORY.resolve(name + ".tar.gz");
        Path digests = DIRECTORY.resolve(name + ".digests");
        if (!Files.exists(digests)) {
            Files.createDirectories(DIRECTORY);
            Files.write(digests, write(file, writer));
        }
        List<String> lines = Files.readAllLines(digests);
        return new Layer(new Blob(Digest.parse(lines.get(0)), Content.of(file)), Digest.parse(lines.get(1)));
    }

    private static List<String> write(Path file, Writer writer) throws IOException {
        MessageDigest blob = Digest.Algorithm.SHA256.newHash();
        MessageDigest diff = Digest.Algorithm.SHA256.newHash();
        GzipParameters stored = new GzipParameters();
        stored.setCompressionLevel(Deflater.NO_COMPRESSION);
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (OutputStream out = new BufferedOutputStream(
                new DigestOutputStream(Files.newOutputStream(part), blob), 1 << 20);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(
                        new DigestOutputStream(new GzipCompressorOutputStream(out, stored), diff))) {
            writer.write(tar);
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return List.of(Digest.of(Digest.Algorithm.SHA256, blob).toString(),
                Digest.of(Digest.Algorithm.SHA256, diff).toString());
    }
}

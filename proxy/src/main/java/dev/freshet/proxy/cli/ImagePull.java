package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.config.unit.DataSize;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A pull of one image through a proxy, of which nothing is kept but there. */
final class ImagePull {

    private static final int AT_ONCE = 2;

    private final DataPort port;
    private final Platform platform;
    private final Progress progress;
    private final Consumer<String> lines;

    /**
     * @param platform to choose where there are several
     * @param lines hears of each blob, on any thread
     */
    ImagePull(DataPort port, Platform platform, Progress progress, Consumer<String> lines) {
        this.port = port;
        this.platform = platform;
        this.progress = progress;
        this.lines = lines;
    }

    /**
     * Pulls all of it, two blobs at a time.
     *
     * @return what there is to say of it
     * @throws IOException if not all of it came
     */
    String run(ImageName image) throws IOException, InterruptedException {
        PulledManifest manifest = PulledManifest.parse(port.manifest(image));
        if (manifest.platforms().isEmpty()) {
            return run(image, "", manifest);
        }
        Platform taken = platform.among(List.copyOf(manifest.platforms().keySet()))
                .orElseThrow(() -> noSuchPlatform(manifest));
        ImageName chosen = new ImageName(image.path(), Objects.requireNonNull(manifest.platforms().get(taken)));
        return run(image, " " + taken, PulledManifest.parse(port.manifest(chosen)));
    }

    private String run(ImageName image, String chosen, PulledManifest manifest)
            throws IOException, InterruptedException {
        if (manifest.blobs().isEmpty()) {
            throw new IOException("its manifest names neither a config nor layers");
        }
        AtomicInteger present = new AtomicInteger();
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        progress.begin(manifest.bytes());
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Map.Entry<Digest, Long> blob : manifest.blobs().entrySet()) {
                threads.execute(() -> pull(image, blob.getKey(), blob.getValue(), present, failures));
            }
        } finally {
            progress.end();
        }
        if (!failures.isEmpty()) {
            throw new IOException(String.join("; ", failures));
        }
        return image + chosen + ": " + manifest.blobs().size() + " blobs, "
                + new DataSize(manifest.bytes()).rounded() + ", " + present.get() + " of them stored before";
    }

    private void pull(ImageName image, Digest digest, long size, AtomicInteger present,
            ConcurrentLinkedQueue<String> failures) {
        try {
            if (port.has(image.path(), digest)) {
                present.incrementAndGet();
                progress.add(size);
                lines.accept(digest + " was stored before");
            } else {
                port.read(image.path(), digest, progress::add);
                lines.accept(digest + " fetched, " + new DataSize(size).rounded());
            }
        } catch (IOException e) {
            failures.add(digest + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.add(digest + ": interrupted");
        }
    }

    private IOException noSuchPlatform(PulledManifest index) {
        return new IOException("there is nothing for " + platform + "; use --platform with one of "
                + index.platforms().keySet().stream().map(Platform::toString).collect(Collectors.joining(", ")));
    }
}

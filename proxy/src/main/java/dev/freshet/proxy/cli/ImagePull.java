package dev.freshet.proxy.cli;

import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.name.Digest;
import dev.freshet.config.unit.DataSize;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.document.ManifestDocument;
import dev.freshet.proxy.serve.document.ManifestDocument.UnofferedPlatformException;
import dev.freshet.proxy.serve.document.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** A pull of one image through a proxy, of which nothing is kept but there. */
final class ImagePull {

    private static final int AT_ONCE = 2;

    private final PortClient port;
    private final Platform platform;
    private final ProgressBar progress;
    private final Consumer<String> lines;

    /**
     * @param platform to choose where there are several
     * @param lines hears of each blob, on any thread
     */
    ImagePull(PortClient port, Platform platform, ProgressBar progress, Consumer<String> lines) {
        this.port = port;
        this.platform = platform;
        this.progress = progress;
        this.lines = lines;
    }

    /** How a blob came to be there. */
    private enum Found {
        BEFORE,
        NOW
    }

    /**
     * Pulls all of it, two blobs at a time.
     *
     * @return what there is to say of it
     * @throws IOException if not all of it came
     */
    String run(ImageName image) throws IOException, InterruptedException {
        ManifestDocument manifest = manifest(image);
        if (!manifest.isIndex()) {
            return run(image, "", manifest);
        }
        try {
            ManifestDocument.Offer chosen = manifest.choose(platform);
            return run(image, chosen.platform().toString(), manifest(new ImageName(image.path(), chosen.digest())));
        } catch (UnofferedPlatformException e) {
            throw new IOException(e.getMessage() + "; use --platform with one of " + e.offered(), e);
        }
    }

    private ManifestDocument manifest(ImageName image) throws IOException, InterruptedException {
        return ManifestDocument.parse(port.manifest(image))
                .orElseThrow(() -> new IOException("its manifest cannot be read"));
    }

    private String run(ImageName image, String chosen, ManifestDocument manifest)
            throws IOException, InterruptedException {
        Map<Digest, Link> blobs = manifest.blobLinks();
        if (blobs.isEmpty()) {
            throw new IOException("its manifest names neither a config nor layers");
        }
        long bytes = blobs.values().stream().mapToLong(ImagePull::size).sum();
        List<Callable<Found>> pulls = new ArrayList<>();
        blobs.forEach((digest, link) -> pulls.add(() -> pull(image, digest, size(link))));
        List<Found> found = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        progress.begin(bytes);
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<Found> pull : threads.invokeAll(pulls)) {
                collect(pull, found, failures);
            }
        } finally {
            progress.end();
        }
        if (!failures.isEmpty()) {
            throw new IOException(String.join("; ", failures));
        }
        return PrefetchCommand.summary(image, chosen, blobs.size(), bytes)
                + found.stream().filter(Found.BEFORE::equals).count() + " of them stored before";
    }

    private static void collect(Future<Found> pull, List<Found> found, List<String> failures)
            throws InterruptedException {
        try {
            found.add(pull.get());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof IOException failure)) {
                throw new IllegalStateException("pull of a blob failed by a defect", e.getCause());
            }
            failures.add(failure.getMessage());
        }
    }

    private Found pull(ImageName image, Digest digest, long size) throws IOException, InterruptedException {
        try {
            if (port.has(image.path(), digest)) {
                progress.add(size);
                lines.accept(digest + " was stored before");
                return Found.BEFORE;
            }
            if (!port.read(image.path(), digest, progress::add)) {
                throw new IOException("it came, but nothing can be stored; see /readyz of the admin port for why");
            }
            lines.accept(digest + " fetched, " + new DataSize(size).rounded());
            return Found.NOW;
        } catch (IOException e) {
            throw new IOException(digest + ": " + e.getMessage(), e);
        }
    }

    private static long size(Link link) {
        return link.size().orElse(0);
    }
}

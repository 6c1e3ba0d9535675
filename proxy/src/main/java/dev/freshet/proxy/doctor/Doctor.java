package dev.freshet.proxy.doctor;

import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.registry.RegistryProbe;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A doctor that checks all upstreams of a configuration at the same time. */
public final class Doctor {

    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(10);

    private final List<Upstream> upstreams;
    private final Router router;
    private final Duration patience;
    private final InstantSource clock;
    private final Scheduler pace;

    /**
     * @param router resolves image names
     * @param patience maximum time for all checks of one upstream
     */
    public Doctor(List<Upstream> upstreams, Router router, Duration patience, InstantSource clock, Scheduler pace) {
        this.upstreams = upstreams.stream().sorted(Comparator.comparing(upstream -> upstream.name().value())).toList();
        this.router = router;
        this.patience = patience;
        this.clock = clock;
        this.pace = pace;
    }

    /** An error about an image that cannot be checked. */
    public static final class NoSuchImageException extends Exception {

        private static final long serialVersionUID = 1L;

        NoSuchImageException(String message) {
            super(message);
        }
    }

    /**
     * Checks all upstreams.
     *
     * @param images to check, at most one per upstream; other upstreams use a known image
     * @return the diagnoses, by name of the upstream
     * @throws NoSuchImageException if an image belongs to no upstream, or two belong to one
     */
    public List<Diagnosis> examine(List<ImageName> images) throws NoSuchImageException, InterruptedException {
        Map<RegistryHost, ImageReference> named = named(images);
        List<Diagnosis> diagnoses = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Map<Examination, Future<?>> running = new LinkedHashMap<>();
            for (Upstream upstream : upstreams) {
                Optional<ImageReference> image = Optional.ofNullable(named.get(upstream.name()))
                        .or(() -> KnownImages.of(upstream.name()));
                Examination examination = new Examination(upstream.name(), image);
                running.put(examination, threads.submit(() -> run(examination, upstream, threads)));
            }
            long began = pace.nanoTime();
            for (Map.Entry<Examination, Future<?>> one : running.entrySet()) {
                diagnoses.add(await(one.getKey(), one.getValue(), began));
            }
        } finally {
            threads.shutdownNow(); // which ends the checks that took too long
        }
        return diagnoses;
    }

    private Map<RegistryHost, ImageReference> named(List<ImageName> images) throws NoSuchImageException {
        Map<RegistryHost, ImageReference> named = new HashMap<>();
        for (ImageName image : images) {
            ImageReference meant = switch (router.route(image)) {
                case Route.Manifest manifest -> new ImageReference(manifest.repository(), manifest.reference());
                case Route.Unroutable(OciError error) -> throw new NoSuchImageException(
                        "image " + image + " cannot be checked: " + error.message());
            };
            if (named.put(meant.repository().registry(), meant) != null) {
                throw new NoSuchImageException("image " + image + " cannot be checked: another image of upstream "
                        + meant.repository().registry() + " is given; give one per upstream");
            }
        }
        return named;
    }

    private Void run(Examination examination, Upstream upstream, ExecutorService threads) throws InterruptedException {
        Duration step = patience.compareTo(STEP_TIMEOUT) < 0 ? patience : STEP_TIMEOUT;
        try (RegistryProbe probe = new RegistryProbe(upstream, step, clock, pace, threads)) {
            examination.run(probe);
        } catch (IOException e) {
            examination.impossible("check of upstream " + upstream.name() + " failed: " + e.getMessage());
        }
        return null;
    }

    private Diagnosis await(Examination examination, Future<?> running, long began) throws InterruptedException {
        try {
            running.get(patience.toNanos() - (pace.nanoTime() - began), TimeUnit.NANOSECONDS);
            return examination.diagnosis(Optional.empty());
        } catch (TimeoutException e) {
            return examination.diagnosis(Optional.of(patience));
        } catch (ExecutionException e) {
            throw new IllegalStateException("examination of an upstream failed by a defect", e.getCause());
        }
    }

    /** A small, long-lived public image for each of the well-known registries. */
    static final class KnownImages {

        private static final Map<String, String> REPOSITORIES = Map.ofEntries(
                Map.entry("docker.io", "library/hello-world"),
                Map.entry("ghcr.io", "aquasecurity/trivy"), Map.entry("quay.io", "prometheus/busybox"),
                Map.entry("gcr.io", "distroless/static"), Map.entry("registry.k8s.io", "pause"),
                Map.entry("public.ecr.aws", "docker/library/hello-world"),
                Map.entry("mcr.microsoft.com", "mcr/hello-world"),
                Map.entry("cgr.dev", "chainguard/static"),
                Map.entry("registry.access.redhat.com", "ubi9/ubi-micro"),
                Map.entry("registry.fedoraproject.org", "fedora-minimal"),
                Map.entry("registry.opensuse.org", "opensuse/busybox"));

        /** Tags of images without {@code latest}. */
        private static final Map<String, String> TAGS = Map.of("registry.k8s.io", "3.9");

        private KnownImages() {}

        /** The known image of a registry; empty if there is none. */
        static Optional<ImageReference> of(RegistryHost upstream) {
            return Optional.ofNullable(REPOSITORIES.get(upstream.value()))
                    .map(name -> new ImageReference(new Repository(upstream, name),
                            new Tag(TAGS.getOrDefault(upstream.value(), "latest"))));
        }
    }
}

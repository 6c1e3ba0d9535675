package dev.freshet.proxy.doctor;

import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import java.util.Map;
import java.util.Optional;

/** A small, long-lived public image for each of the well-known registries. */
final class KnownImages {

    private static final Map<String, String> REPOSITORIES = Map.ofEntries(Map.entry("docker.io", "library/hello-world"),
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

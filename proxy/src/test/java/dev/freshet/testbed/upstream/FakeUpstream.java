package dev.freshet.testbed.upstream;

import dev.freshet.testbed.image.Blob;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Manifest;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.storage.StorageSettings;
import dev.freshet.testbed.traffic.Traffic;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The registry of our own making.
 *
 * @param registry what serves; closed with this
 * @param others {@code 127.0.0.1:port} of further servers that belong to it
 */
public record FakeUpstream(FakeRegistry registry, List<String> others) implements Upstream {

    /** With no further servers. */
    public FakeUpstream(FakeRegistry registry) {
        this(registry, List.of());
    }

    /** With a registry that does nothing wrong. */
    public FakeUpstream() {
        this(new FakeRegistry());
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public String authority() {
        return registry.authority();
    }

    @Override
    public String storageAuthority() {
        return registry.storageAuthority();
    }

    @Override
    public List<String> privateHosts() {
        return Stream.concat(Stream.of(storageAuthority()), others.stream()).toList();
    }

    @Override
    public Traffic traffic() {
        return registry.traffic();
    }

    @Override
    public void publish(Image image) {
        for (Blob blob : Stream.concat(image.layers().stream(), image.configs().stream()).toList()) {
            registry.blob(image.repository(), blob.digest(), blob.content());
        }
        for (Manifest manifest : image.manifests()) {
            registry.manifest(image.repository(), manifest.mediaType(), manifest.bytes());
        }
        registry.tag(image.repository(), image.tag(), image.top().digest());
    }

    @Override
    public void storage(UnaryOperator<StorageSettings> change) {
        registry.reconfigure(settings -> settings.storage(change));
    }

    @Override
    public void stop() {
        registry.stop();
    }

    @Override
    public void start() {
        registry.start();
    }

    @Override
    public void close() {
        registry.close();
    }
}

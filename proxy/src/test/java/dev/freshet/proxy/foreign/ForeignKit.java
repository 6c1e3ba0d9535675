package dev.freshet.proxy.foreign;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** A proxy before a registry without the layer, and two servers that have it, on addresses that the upstream names. */
abstract class ForeignKit {

    static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    static final byte[] LAYER = Bytes.random(2 * Bytes.MIB);
    static final Digest DIGEST = Digest.sha256(LAYER);

    @RegisterExtension
    final ProxyFixture proxy = new ProxyFixture();

    final FakeRegistry first = server();
    final FakeRegistry second = server();

    private static FakeRegistry server() {
        FakeRegistry server = new FakeRegistry(RegistrySettings.DEFAULTS.withoutRedirects());
        server.blob("files", LAYER);
        return server;
    }

    @BeforeEach
    void allowTheServers() {
        proxy.set("foreign-layers.allow", "http://127\\.0\\.0\\.1:[0-9]+/v2/files/");
        trust(first.authority(), second.authority());
    }

    @AfterEach
    void closeServers() {
        first.close();
        second.close();
    }

    /** Names hosts of the upstream, besides its storage. */
    void trust(String... authorities) {
        proxy.set("upstreams.lab.redirect-hosts",
                Stream.concat(Stream.of(proxy.registry().storageAuthority()), Stream.of(authorities))
                        .collect(Collectors.joining(",")));
    }

    static String url(FakeRegistry server) {
        return server.url() + "/v2/files/blobs/" + DIGEST;
    }

    /** Puts a manifest that lists the layer into a repository. */
    Digest list(String repository, String... urls) {
        Digest config = proxy.registry().blob(repository, Bytes.of("{}"));
        String all = Stream.of(urls).map(url -> "\"" + url.replace("\\", "\\\\") + "\"")
                .collect(Collectors.joining(","));
        return proxy.registry().manifest(repository, MANIFEST, Bytes.of("""
                {"schemaVersion":2,"mediaType":"%s","config":{"digest":"%s","size":2},"layers":[{"mediaType":
                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","digest":"%s","size":%d,"urls":[%s]}]}"""
                .formatted(MANIFEST, config, DIGEST, LAYER.length, all)));
    }

    /** Has the proxy serve a manifest that lists the layer. */
    void serveFor(String repository, String... urls) {
        Got manifest = proxy.client().get(proxy.url(repository, "manifests/" + list(repository, urls)));
        assertThat(manifest.status()).as("status of %s", manifest).isEqualTo(200);
    }

    void serve(String... urls) {
        serveFor(REPO, urls);
    }

    Got layer(String... headers) {
        return layerOf(REPO, headers);
    }

    Got layerOf(String repository, String... headers) {
        return proxy.client().get(proxy.url(repository, "blobs/" + DIGEST), headers);
    }

    /** What a server was asked for. */
    static List<Seen> gets(FakeRegistry server) {
        return server.traffic().of(Endpoint.BLOB);
    }

    static void assertIsLayer(Got got) {
        assertThat(got.status()).as("status of %s", got).isEqualTo(200);
        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(DIGEST);
    }
}

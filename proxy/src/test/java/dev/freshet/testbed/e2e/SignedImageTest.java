package dev.freshet.testbed.e2e;

import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.Freshet;
import dev.freshet.testbed.client.RawClient;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.image.Manifest;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The requests of cosign, oras and regctl while they verify and discover a signed image, as {@link SignedImageE2E} has
 * recorded them, field by field: Freshet gives the answers that they need cold, warm, and long after the registry has gone.
 */
class SignedImageTest {

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    static Stream<Operations.Each> operations() {
        return Operations.everywhere();
    }

    /** What was answered, and the bodies, in the order of the requests. */
    private record Answers(List<Exchange> exchanges, List<Digest> bodies) {}

    /** L-13: also where the registry's answer was that it does not have it. */
    @ParameterizedTest(name = "L-13: {0}")
    @MethodSource("operations")
    void aClientGetsTheSameColdAndWarmAndOffline(Operations.Each each) throws Exception {
        Operation operation = each.operation();
        SignedRepository repository = publish(each.kind(), operation.repository());

        Freshet before = proxy.start();
        Answers cold = ask(before, operation, repository);
        Answers warm = ask(before, operation, repository);
        pull(operation);
        proxy.registry().stop();
        proxy.clock().advance(Duration.ofHours(1));
        proxy.pace().advance(Duration.ofHours(1));
        Answers offline = ask(before, operation, repository);
        proxy.stop();
        Answers restarted = ask(proxy.start(), operation, repository);

        assertThat(cold.exchanges()).as("cold").isNotEmpty().isEqualTo(operation.exchanges());
        assertThat(warm.exchanges()).as("warm").isEqualTo(operation.exchanges());
        assertThat(offline.exchanges()).as("offline").isEqualTo(operation.exchanges());
        assertThat(restarted.exchanges()).as("offline after a restart").isEqualTo(operation.exchanges());
        assertThat(List.of(warm.bodies(), offline.bodies(), restarted.bodies())).containsOnly(cold.bodies());
    }

    /** What HEAD alone has said does not outlive a restart, as nothing has verified it. */
    private void pull(Operation operation) {
        Got got = proxy.client().get(proxy.url(operation.repository(), "manifests/" + SignedRepository.TAG));
        assertThat(got.status()).isEqualTo(200);
    }

    private SignedRepository publish(SignedAt kind, String name) {
        if (kind == SignedAt.DOCKER_REGISTRY) {
            proxy.registry().reconfigure(RegistrySettings::withoutRedirects);
            proxy.registry().when(On.every(Endpoint.REFERRERS),
                    new Fault.Instead(Reply.of(404, "text/plain; charset=utf-8", "404 page not found\n")));
        }
        SignedRepository repository = made(name);
        repository.copyTo(proxy.registry(), kind);
        return repository;
    }

    /** The same kinds of manifests as the clients make, with signatures that nothing verifies here. */
    private static SignedRepository made(String name) {
        SignedRepository made = new SignedRepository(name);
        Manifest image = manifest(made, "image", SignedRepository.TAG, "application/vnd.oci.image.config.v1+json",
                "application/vnd.oci.image.layer.v1.tar", "");
        String tag = "sha256-" + image.digest().hex();
        switch (name) {
            case SignedRepository.APP -> {
                String subject = """
                        ,"subject":{"mediaType":"%s","digest":"%s","size":%d}""".formatted(image.mediaType(),
                        image.digest(), image.bytes().length);
                List<String> descriptors = Stream.of("signature", "attestation", "sbom")
                        .map(kind -> manifest(made, kind, "", "application/vnd.oci.empty.v1+json", type(kind),
                                ",\"artifactType\":\"" + type(kind) + "\"" + subject))
                        .map(SignedRepository::descriptor).toList();
                made.manifest("referrers", tag, SignedRepository.INDEX, """
                        {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}""".formatted(SignedRepository.INDEX,
                        String.join(",", descriptors)));
            }
            case SignedRepository.OLD -> {
                String config = "application/vnd.oci.image.config.v1+json";
                manifest(made, "signature", tag + ".sig", config, "application/vnd.dev.cosign.simplesigning.v1+json",
                        "");
                manifest(made, "attestation", tag + ".att", config, "application/vnd.dsse.envelope.v1+json", "");
                manifest(made, "sbom", tag + ".sbom", config, "text/spdx+json", "");
            }
            default -> assertThat(name).isEqualTo(SignedRepository.BARE);
        }
        return made;
    }

    private static String type(String kind) {
        return kind.equals("sbom") ? "application/spdx+json" : "application/vnd.dev.sigstore.bundle.v0.3+json";
    }

    private static Manifest manifest(SignedRepository made, String name, String tag, String configType,
            String layerType, String more) {
        byte[] config = (configType.contains("empty") ? "{}" : "{\"for\":\"" + name + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] layer = ("{\"payload\":\"" + name + "\"}").getBytes(StandardCharsets.UTF_8);
        return made.manifest(name, tag, SignedRepository.MANIFEST, """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s],"annotations":{"of":"%s"}%s}""".formatted(
                SignedRepository.MANIFEST, descriptor(configType, made.blob(name + ".config", config), config.length),
                descriptor(layerType, made.blob(name + ".layer", layer), layer.length), name, more));
    }

    private static String descriptor(String type, Digest digest, int size) {
        return """
                {"mediaType":"%s","digest":"%s","size":%d}""".formatted(type, digest, size);
    }

    private static Answers ask(Freshet freshet, Operation operation, SignedRepository repository) throws IOException {
        int port = freshet.address().getPort();
        List<Exchange> exchanges = new ArrayList<>();
        List<Digest> bodies = new ArrayList<>();
        for (Exchange recorded : operation.exchanges()) {
            Headers fields = new Headers(recorded.fields().fields().stream()
                    .map(f -> new Headers.Field(f.name(), f.value().replace(Operations.FRESHET, "127.0.0.1:" + port)
                            .replace(Operations.ARCHITECTURE, "amd64")))
                    .toList());
            try (RawClient client = RawClient.exactly(recorded.method(), repository.spelled(recorded.target()), fields,
                    port)) {
                int length = Integer.parseInt(client.header("Content-Length"));
                byte[] body = client.read(recorded.method().equals("HEAD") ? 0 : length);
                String answer = Exchange.answer(client.status(), client.headers(), body);
                exchanges.add(new Exchange(recorded.method(), recorded.target(), recorded.fields(),
                        repository.named(answer)));
                client.headers().first("Docker-Content-Digest").filter(d -> body.length > 0)
                        .ifPresent(d -> assertThat(Digest.sha256(body)).hasToString(d));
                if (client.status() == 200) {
                    bodies.add(Digest.sha256(body));
                }
            }
        }
        return new Answers(exchanges, bodies);
    }
}

package dev.freshet.testbed.e2e;

import dev.freshet.proxy.Freshet;
import dev.freshet.testbed.client.Client;
import dev.freshet.testbed.client.StateDirectory;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.process.Tool;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.upstream.WritableRegistry;
import dev.freshet.testbed.wire.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real cosign, oras and regctl verify and discover an image through Freshet: cold, warm, and long after the registry has
 * gone. The files of {@code src/test/resources/clients} hold their requests and what they need of the answers; {@link
 * SignedImageTest} sends the same requests in every build, and {@code -Dfreshet.clients.write=true} records them anew. The
 * Maven profile {@code clients} builds the clients and runs this class. No client leaves the machine: keys are local, and no
 * transparency log is asked.
 */
@ExtendWith({NothingLeftRunning.class, Stopwatch.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class SignedImageE2E {

    private static final boolean WRITE = Boolean.getBoolean("freshet.clients.write");
    private static final List<String> STATES = List.of("cold", "warm", "offline", "offline after a restart");
    /** Longer than anything stays fresh. */
    private static final Duration LONG = Duration.ofHours(1);
    private static final String IMAGE = SignedRepository.APP + ":" + SignedRepository.TAG;

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();
    @AutoClose
    private final Recorder recorder = new Recorder();
    @AutoClose
    private final StateDirectory state;
    private final Map<String, SignedRepository> repositories = new HashMap<>();

    SignedImageE2E() throws IOException {
        state = new StateDirectory("signed");
    }

    /** What a client did, and all that it printed. */
    private record Done(Operation operation, String output) {}

    static Stream<Operations.Each> operations() {
        return Operations.everywhere();
    }

    @BeforeAll
    void sign() throws IOException {
        state.write("layer.tar", "a layer");
        state.write("sbom.json", "{\"spdxVersion\":\"SPDX-2.3\"}");
        state.write("predicate.json", "{\"builder\":\"testbed\"}");
        state.write("config.json",
                """
                        {"architecture":"amd64","os":"linux","config":{"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":[]}}""");
        try (WritableRegistry registry = new WritableRegistry(state.at("registry"), "")) {
            String at = registry.authority() + "/";
            command("oras push --plain-http --config config.json:application/vnd.oci.image.config.v1+json " + at + IMAGE
                    + " layer.tar:application/vnd.oci.image.layer.v1.tar").succeed();
            for (String other : List.of(SignedRepository.OLD, SignedRepository.BARE)) {
                command("oras cp --from-plain-http --to-plain-http " + at + IMAGE + " " + at + other + ":"
                        + SignedRepository.TAG).succeed();
            }
            String digest = command("oras resolve --plain-http " + at + IMAGE).succeed().strip();
            String app = at + SignedRepository.APP + "@" + digest;
            String old = at + SignedRepository.OLD + "@" + digest;
            String with = " --key cosign.key --yes --use-signing-config=false --tlog-upload=false ";
            String byTag = with + "--new-bundle-format=false ";
            String attestation = "--type custom --predicate predicate.json ";
            command("cosign generate-key-pair").succeed();
            command("oras attach --plain-http --artifact-type application/spdx+json " + app
                    + " sbom.json:application/spdx+json").succeed();
            command("cosign sign" + with + app).succeed();
            command("cosign attest" + with + attestation + app).succeed();
            command("cosign sign" + byTag + old).succeed();
            command("cosign attest" + byTag + attestation + old).succeed();
            command("cosign attach sbom --sbom sbom.json " + old).succeed();
            for (String name : SignedRepository.REPOSITORIES) {
                repositories.put(name, SignedRepository.read(registry.authority(), name));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void aClientGetsTheSameColdAndWarmAndOffline(Operations.Each each) throws Exception {
        List<Done> done = new ArrayList<>();
        try (AutoCloseable registry = start(each.kind())) {
            assertThat(registry).isNotNull();
            startProxy();
            done.add(perform(each.operation()));
            if (WRITE) {
                Operations.read(each.kind(), each.client()).replace(done.getFirst().operation());
                return;
            }
            done.add(perform(each.operation()));
            // What HEAD alone has said does not outlive a restart, as nothing has verified it.
            assertThat(proxy.client().get(proxy.url(each.operation().repository(), "manifests/" + SignedRepository.TAG))
                    .status()).isEqualTo(200);
        }
        proxy.clock().advance(LONG);
        proxy.pace().advance(LONG);
        done.add(perform(each.operation()));
        proxy.stop();
        startProxy();
        done.add(perform(each.operation()));

        for (int i = 0; i < done.size(); i++) {
            Operation operation = done.get(i).operation();
            assertThat(operation.exchanges())
                    .as("%s, exit %s: %s", STATES.get(i), operation.exitCode(), done.get(i).output())
                    .containsExactlyInAnyOrderElementsOf(each.operation().exchanges());
            assertThat(operation.exitCode()).as(STATES.get(i)).isEqualTo(each.operation().exitCode());
        }
    }

    private AutoCloseable start(SignedAt kind) throws IOException {
        return switch (kind) {
            case DOCKER_REGISTRY -> {
                WritableRegistry registry = new WritableRegistry(state.at("registry"), "");
                proxy.set("upstreams.lab.url", "http://" + registry.authority());
                yield registry;
            }
            case REFERRERS_API -> {
                repositories.values().forEach(repository -> repository.copyTo(proxy.registry(), kind));
                yield proxy.registry()::stop;
            }
        };
    }

    private void startProxy() {
        Freshet started = proxy.start();
        recorder.leadTo("127.0.0.1:" + started.address().getPort());
    }

    private Done perform(Operation operation) throws IOException {
        SignedRepository repository = repositories.get(operation.repository());
        if (repository == null) {
            throw new IllegalStateException("not in the registry: " + operation.repository());
        }
        String line = repository.spelled(operation.command().replace(Operations.FRESHET, recorder.authority()));
        Command.Result result = command(line).run();
        List<Exchange> exchanges = recorder.take().stream().map(exchange -> named(repository, exchange)).toList();
        return new Done(new Operation(operation.command(), result.exitCode(), exchanges), result.output());
    }

    private Exchange named(SignedRepository repository, Exchange exchange) {
        Headers fields = new Headers(exchange.fields().fields().stream()
                .map(f -> new Headers.Field(f.name(), f.value().replace(recorder.authority(), Operations.FRESHET)
                        .replaceAll("linux; (amd64|arm64)", "linux; " + Operations.ARCHITECTURE)))
                .toList());
        return new Exchange(exchange.method(), repository.named(exchange.target()), fields,
                repository.named(exchange.answer()));
    }

    private Command command(String line) {
        List<String> words = new ArrayList<>(Arrays.asList(line.split(" ", -1)));
        words.set(0, Tool.valueOf(words.getFirst().toUpperCase(Locale.ROOT)).path());
        return new Command(words, Client.CUT_OFF, state.path()).with("COSIGN_PASSWORD", "");
    }
}

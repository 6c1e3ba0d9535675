package dev.freshet.testbed.e2e;

import dev.freshet.testbed.client.Client;
import dev.freshet.testbed.client.Clients;
import dev.freshet.testbed.client.FreshetProcess;
import dev.freshet.testbed.client.Route;
import dev.freshet.testbed.client.StateDirectory;
import dev.freshet.testbed.image.Family;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Images;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.registry.Account;
import dev.freshet.testbed.upstream.DistributionRegistry;
import dev.freshet.testbed.upstream.TokenServer;
import dev.freshet.testbed.upstream.Upstream;
import dev.freshet.testbed.wire.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Distribution as Debian packages it, which wants to know who asks: Freshet tells it, and its clients need not. */
@ExtendWith({NothingLeftRunning.class, Stopwatch.class})
class AuthenticationIT {

    private static final Path FILES = Path.of("target", "testbed", "distribution");
    private static final Account ACCOUNT = new Account(FreshetProcess.USERNAME, FreshetProcess.PASSWORD, Set.of());
    /** bcrypt of the account's password, which is the only form that distribution takes. */
    private static final String HASHED = "$2b$05$abcdefghijklmnopqrstuuypuOep/26j6XMN.XE2hCwxoA8A5EMvy";
    private static final Duration LIFE = Duration.ofSeconds(4);

    @Test
    void pullsFromARegistryWithPasswords() throws Exception {
        try (StateDirectory state = new StateDirectory("frs")) {
            Path users = state.write("users", ACCOUNT.name() + ":" + HASHED + "\n");
            try (Upstream upstream = new DistributionRegistry(FILES,
                    "auth: {htpasswd: {realm: testbed, path: " + users.toAbsolutePath() + "}}\n");
                    FreshetProcess freshet = new FreshetProcess(state, upstream)) {
                Image image = Images.busybox();
                upstream.publish(image);

                refusesToTellNobody(upstream, image);
                pull(freshet, image);
            }
        }
    }

    /** Whether the token server tells how short its tokens live or not, what the registry refuses is renewed. */
    @ParameterizedTest
    @ValueSource(ints = {4, 300})
    void pullsWithTokensThatDieInTheMiddle(int statedSeconds) throws Exception {
        try (StateDirectory state = new StateDirectory("frs");
                TokenServer tokens = new TokenServer(state.path(), ACCOUNT, LIFE, Duration.ofSeconds(statedSeconds));
                Upstream upstream = new DistributionRegistry(FILES, tokens.settings());
                FreshetProcess freshet = new FreshetProcess(state, upstream,
                        "    token-hosts: [\"" + tokens.authority() + "\"]",
                        "fetch: { connections-per-blob: 1 }")) {
            Image image = Images.layered(Family.DOCKER);
            upstream.publish(image);
            upstream.storage(Upstreams::shortLived);

            refusesToTellNobody(upstream, image);
            int before = tokens.asked().size();
            pull(freshet, image);

            assertThat(tokens.asked().subList(before, tokens.asked().size())).hasSizeGreaterThan(2)
                    .extracting(request -> request.parameter("scope").orElse(""))
                    .containsOnly("repository:" + image.repository() + ":pull");
            assertThat(tokens.asked()).extracting(Request::method).containsOnly("GET");
        }
    }

    private static void refusesToTellNobody(Upstream upstream, Image image) throws IOException {
        try (Client client = Clients.SKOPEO.start(new Route.Direct(upstream.authority()))) {
            assertThat(client.tryPull(image, ":" + image.tag()).exitCode()).isNotZero();
        }
    }

    private static void pull(FreshetProcess freshet, Image image) throws IOException {
        try (Client client = Clients.SKOPEO.start(new Route.Mirrored(freshet.authority()))) {
            client.pull(image);
        }
    }
}

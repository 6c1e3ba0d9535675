package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.Account;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Request;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.PASSWORD;
import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Identity tokens, credential commands and several accounts, before a registry that wants to know who asks. */
class AccountsAtUpstreamTest {

    private static final byte[] BLOB = Bytes.random(50_000);
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Account ALICE = new Account("alice", PASSWORD, Set.of());
    private static final Account BOB = new Account("bob", PASSWORD, Set.of());
    private static final String BOTH = "[{username: alice, password: '" + PASSWORD + "'}, {username: bob, password: '"
            + PASSWORD + "'}]";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    void anIdentityTokenIsExchangedAtEachUse() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.OAuth2(ALICE, LIFE, "identity-of-alice")));
        proxy.set("upstreams.lab.identity-token", "identity-of-alice").secret("identity-of-alice");
        Digest first = proxy.registry().blob(REPO, BLOB);
        Digest second = proxy.registry().blob("library/other", Bytes.of("second"));
        Digest third = proxy.registry().blob(REPO, Bytes.of("third"));

        Got one = proxy.blob(first);
        Got two = proxy.client().get(proxy.url("library/other", "blobs/" + second));
        proxy.clock().advance(LIFE);
        Got three = proxy.blob(third);

        assertThat(List.of(one, two, three)).extracting(Got::digest).containsExactly(first, second, third);
        assertThat(tokens()).extracting(Request::method).containsOnly("POST");
        assertThat(tokens()).extracting(request -> request.field("refresh_token").orElse("")).containsExactly(
                "identity-of-alice", "testbed-token-identity-1", "testbed-token-identity-2");
    }

    @Test
    void aPasswordIsPostedWhereNothingElseIsUnderstood() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.OAuth2(ALICE, LIFE, "")));
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password", PASSWORD);
        Digest digest = proxy.registry().blob(REPO, BLOB);

        assertThat(proxy.blob(digest).digest()).isEqualTo(digest);

        assertThat(tokens()).extracting(Request::method).containsExactly("GET", "POST");
    }

    @Test
    void aCommandIsAskedAnewWhenItsAnswerIsRefused() throws IOException {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(ALICE))));
        Path answer = answer(PASSWORD);
        proxy.set("upstreams.lab.credential-command", "[" + command("echo run >> $0.runs; cat " + answer) + "]");
        Digest first = proxy.registry().blob(REPO, BLOB);
        Digest second = proxy.registry().blob(REPO, Bytes.of("second"));

        Got before = proxy.blob(first);
        Account changed = new Account("alice", "of the next twelve hours", Set.of());
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(changed))));
        answer(changed.password());
        proxy.secret(changed.password());
        proxy.pace().advance(Duration.ofSeconds(10));
        Got after = proxy.blob(second);

        assertThat(List.of(before, after)).extracting(Got::digest).containsExactly(first, second);
        assertThat(Files.readString(proxy.directory().resolve("helper.runs")).lines()).hasSize(2);
    }

    @Test
    void aCommandThatFailsIsNamedAndItsWordsAreNot() throws IOException {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(ALICE))));
        proxy.secret("oops-the-secret");
        Path command = command("echo oops-the-secret; echo oops-the-secret >&2; exit 1");
        proxy.set("upstreams.lab.credential-command", "[" + command + ", oops-the-secret]");
        Digest digest = proxy.registry().blob(REPO, BLOB);

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(503);
        assertThat(got.text()).contains("run of credential-command " + command + " for upstream lab failed: it ended"
                + " with exit code 1").doesNotContain("oops-the-secret");
        assertThat(proxy.log()).anyMatch(line -> line.startsWith("WARN")
                && line.contains("run of credential-command " + command));
    }

    @Test
    void aCommandThatHangsHoldsUpNoOtherClient() throws Exception {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(ALICE))));
        Path answer = answer(PASSWORD);
        Path gate = proxy.directory().resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
        proxy.set("upstreams.lab.credential-command", "[" + command("read open < " + gate + "; cat " + answer) + "]");
        Digest digest = proxy.registry().blob(REPO, BLOB);
        try (FakeRegistry other = new FakeRegistry();
                RandomAccessFile open = new RandomAccessFile(gate.toFile(), "rw")) {
            proxy.set("upstreams.other.url", other.url()).set("upstreams.other.redirect-hosts",
                    other.storageAuthority());
            Digest free = other.blob(REPO, Bytes.of("of another upstream"));

            Future<Got> held = proxy.client().begin(proxy.url("blobs/" + digest));
            proxy.registry().traffic().await(1, seen -> seen.endpoint() == Endpoint.BLOB);
            Got meanwhile = proxy.client().get(proxy.url("other/" + REPO, "blobs/" + free));
            boolean isHeld = !held.isDone();
            open.write(Bytes.of("open\n"));

            assertThat(meanwhile.digest()).isEqualTo(free);
            assertThat(isHeld).isTrue();
            assertThat(Client.await(held).digest()).isEqualTo(digest);
        }
    }

    @Test
    void anAccountThatIsAskedTooOftenIsLeftAlone() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(ALICE, BOB))));
        proxy.set("upstreams.lab.accounts", BOTH);
        proxy.registry().when(On.every(Endpoint.MANIFEST).where(AccountsAtUpstreamTest::isAlice),
                Fault.status(429, Headers.of("Retry-After", "120")));

        List<Got> first = List.of(manifest(1), manifest(2), manifest(3), manifest(4));
        long asAlice = asked().stream().filter(AccountsAtUpstreamTest::isAlice).count();
        proxy.registry().heal();
        proxy.pace().advance(Duration.ofMinutes(2));
        List<Got> later = List.of(manifest(5), manifest(6));

        assertThat(first).extracting(Got::status).containsOnly(200);
        assertThat(asAlice).isEqualTo(1);
        assertThat(later).extracting(Got::status).containsOnly(200);
        assertThat(asked()).filteredOn(AccountsAtUpstreamTest::isAlice).hasSize(2);
    }

    @Test
    void theAccountWithMostOfItsLimitLeftIsUsed() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(ALICE, BOB))));
        proxy.set("upstreams.lab.accounts", BOTH);
        proxy.registry().when(On.every(Endpoint.MANIFEST).where(AccountsAtUpstreamTest::isAlice),
                remaining(17));
        proxy.registry().when(On.every(Endpoint.MANIFEST).where(request -> !isAlice(request)),
                remaining(18));

        List<Got> got = List.of(manifest(1), manifest(2), manifest(3), manifest(4), manifest(5));

        assertThat(got).extracting(Got::status).containsOnly(200);
        assertThat(asked().stream().filter(request -> request.header("Authorization").isPresent()))
                .filteredOn(AccountsAtUpstreamTest::isAlice).hasSize(1);
    }

    @Test
    @DisplayName("A-06: 401 for ever is two tries for each account")
    void refusedForEverIsTwoTriesEach() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE, ALICE, BOB)));
        proxy.set("upstreams.lab.accounts", BOTH);
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), new Fault.WithStatus(401), Fault.header("WWW-Authenticate",
                "Bearer realm=\"" + proxy.registry().url() + "/token\",service=\"testbed\""));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(403);
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(4);
        assertThat(tokens()).hasSize(2);
    }

    @Test
    void anAccountThatIsNotValidAnyMoreCostsNoPull() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE, BOB)));
        proxy.set("upstreams.lab.accounts", BOTH);

        List<Got> got = List.of(manifest(1), manifest(2), manifest(3), manifest(4));

        assertThat(got).extracting(Got::status).containsOnly(200);
        assertThat(tokens()).filteredOn(AccountsAtUpstreamTest::isAlice)
                .as("left alone, after it was refused for this repository and for none").hasSize(2);
    }

    @Test
    void noAccountIsShownTheTokenOfAnother() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE, ALICE, BOB)));
        proxy.set("upstreams.lab.accounts", BOTH);

        List<Got> got = List.of(manifest(1), manifest(2), manifest(3), manifest(4));

        assertThat(got).extracting(Got::status).containsOnly(200);
        assertThat(tokens()).extracting(request -> request.header("Authorization").orElse(""))
                .containsExactlyInAnyOrder(ALICE.basic(), BOB.basic());
    }

    /** Puts another manifest into the registry, and pulls it. */
    private Got manifest(int number) {
        Digest digest = proxy.registry().manifest(REPO, "application/json", Bytes.of("{\"n\":" + number + "}"));
        return proxy.manifest(digest.toString());
    }

    private List<Request> asked() {
        return proxy.registry().traffic().of(Endpoint.MANIFEST).stream().map(seen -> seen.request()).toList();
    }

    private List<Request> tokens() {
        return proxy.registry().traffic().of(Endpoint.TOKEN).stream().map(seen -> seen.request()).toList();
    }

    private static boolean isAlice(Request request) {
        return request.header("Authorization").filter(ALICE.basic()::equals).isPresent();
    }

    private static Fault remaining(int left) {
        return new Fault.WithHeaders(
                Headers.of("ratelimit-limit", "100;w=21600", "ratelimit-remaining", left + ";w=21600"));
    }

    private Path answer(String password) throws IOException {
        return Files.writeString(proxy.directory().resolve("answer"),
                "{\"ServerURL\":\"x\",\"Username\":\"alice\",\"Secret\":\"" + password + "\"}");
    }

    private Path command(String body) throws IOException {
        Path script = Files.writeString(proxy.directory().resolve("helper"), "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
}

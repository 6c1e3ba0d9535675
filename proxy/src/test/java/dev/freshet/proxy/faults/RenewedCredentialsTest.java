package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.Account;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.PASSWORD;
import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Credentials that die while they are in use: renewed once, at once, for any answer to the dead ones. */
class RenewedCredentialsTest {

    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Account OLD = new Account("alice", PASSWORD, Set.of());
    private static final Account NEW = new Account("alice", "rotated-never-printed", Set.of());

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403})
    @DisplayName("L-05: a command is run anew, once, when a registry says by any status that its answer has expired")
    void aCommandIsRunAnew(int status) throws IOException {
        proxy.secret(NEW.password());
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(OLD))));
        Path answer = answer(OLD.password());
        Path helper = Files.writeString(proxy.directory().resolve("helper"),
                "#!/bin/sh\necho run >> $0.runs; cat " + answer + "\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
        proxy.set("upstreams.lab.credential-command", "[" + helper + "]");
        Got before = manifest(1);
        expire(status);
        answer(NEW.password());
        proxy.pace().advance(Duration.ofSeconds(10));

        Got after = manifest(2);

        assertThat(List.of(before, after)).extracting(Got::status).containsOnly(200);
        assertThat(Files.readString(proxy.directory().resolve("helper.runs")).lines()).hasSize(2);
        assertThat(shown(NEW)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403})
    @DisplayName("L-05: a registry that says no to an account that has nothing else is asked once, and its command at most every 10 s")
    void nothingElseIsOneRequest(int status) throws IOException {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(OLD))));
        Path answer = answer(OLD.password());
        Path helper = Files.writeString(proxy.directory().resolve("helper"),
                "#!/bin/sh\necho run >> $0.runs; cat " + answer + "\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
        proxy.set("upstreams.lab.credential-command", "[" + helper + "]");
        manifest(1);
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(status));
        int before = proxy.registry().traffic().of(Endpoint.BLOB).size();
        proxy.pace().advance(Duration.ofSeconds(10));

        List<Integer> got = Stream.of("a", "b", "c").map(text -> proxy.registry().blob(REPO, Bytes.of(text)))
                .map(digest -> proxy.blob(digest).status()).toList();

        assertThat(got).containsOnly(status == 403 ? 403 : 502);
        assertThat(Files.readString(proxy.directory().resolve("helper.runs")).lines()).hasSize(2);
        assertThat(proxy.log()).noneMatch(line -> line.contains("the credentials of"));
        assertThat(status == 400 || proxy.registry().traffic().of(Endpoint.BLOB).size() == before + 3).isTrue();
    }

    static Stream<Auth> rotated() {
        return Stream.of(new Auth.Basic(List.of(NEW)), new Auth.Bearer(LIFE, NEW), new Auth.OAuth2(NEW, LIFE, ""));
    }

    @ParameterizedTest
    @MethodSource("rotated")
    @DisplayName("L-05: a password that is rotated in its file is shown from then on")
    void aPasswordFileIsReadAgain(Auth auth) throws IOException {
        proxy.secret(NEW.password());
        Path file = Files.writeString(proxy.directory().resolve("password"), OLD.password() + "\n");
        proxy.registry().reconfigure(s -> s.auth(switch (auth) {
            case Auth.Basic basic -> new Auth.Basic(List.of(OLD));
            case Auth.OAuth2 oauth -> new Auth.OAuth2(OLD, LIFE, "");
            default -> new Auth.Bearer(LIFE, OLD);
        }));
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password-file", file.toString());
        Got before = manifest(1);
        proxy.registry().reconfigure(s -> s.auth(auth));
        Files.writeString(file, NEW.password() + "\n");
        proxy.clock().advance(LIFE);
        proxy.pace().advance(LIFE);

        Got after = manifest(2);

        assertThat(List.of(before, after)).extracting(Got::status).containsOnly(200);
        assertThat(proxy.log()).noneMatch(line -> line.contains("the credentials of"));
    }

    @Test
    @DisplayName("L-05: an identity token that is rotated in its file is shown from then on")
    void anIdentityTokenFileIsReadAgain() throws IOException {
        proxy.secret("identity-one");
        proxy.secret("identity-two");
        Path file = Files.writeString(proxy.directory().resolve("token"), "identity-one");
        proxy.set("upstreams.lab.identity-token-file", file.toString());
        proxy.registry().reconfigure(s -> s.auth(new Auth.OAuth2(OLD, LIFE, "identity-two")));
        Got before = manifest(1);
        Files.writeString(file, "identity-two");

        Got after = manifest(2);

        assertThat(before.status()).isEqualTo(403);
        assertThat(after.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403})
    @DisplayName("L-05: a token that is refused without a challenge is renewed when it is not a new one")
    void aRefusedTokenIsRenewed(int status) {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE)));
        Got before = manifest(1);
        String first = bearer(proxy.registry().traffic().of(Endpoint.MANIFEST).getLast().request());
        proxy.registry().when(On.every(Endpoint.MANIFEST).where(request -> bearer(request).equals(first)),
                Fault.status(status));
        proxy.pace().advance(Duration.ofSeconds(10));

        Got after = manifest(2);

        assertThat(List.of(before, after)).extracting(Got::status).containsOnly(200);
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).hasSize(2);
    }

    @Test
    @DisplayName("L-05: a repository that is forbidden costs a token every 10 s at most, and two requests then")
    void aForbiddenRepositoryCostsLittle() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE)));
        manifest(1);
        int before = proxy.registry().traffic().of(Endpoint.MANIFEST).size();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(403));

        List<Got> young = List.of(manifest(2), manifest(3));
        int tokens = proxy.registry().traffic().of(Endpoint.TOKEN).size();
        proxy.pace().advance(Duration.ofSeconds(10));
        List<Got> later = List.of(manifest(4), manifest(5));

        assertThat(young).extracting(Got::status).containsOnly(403);
        assertThat(later).extracting(Got::status).containsOnly(403);
        assertThat(tokens).isEqualTo(1);
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).hasSize(2);
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(before + 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"code\":\"ExpiredToken\"}", "{\"errors\":[{\"code\":\"DENIED\"}]}",
            "{\"error\":\"invalid_grant\"}"})
    @DisplayName("L-05: a token server that says by 400 that a password has expired is shown the next one")
    void aTokenServerSays400(String body) throws IOException {
        proxy.secret(NEW.password());
        Path file = Files.writeString(proxy.directory().resolve("password"), OLD.password());
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE, OLD)));
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password-file", file.toString());
        proxy.registry().when(On.every(Endpoint.TOKEN).where(request -> isOf(request, OLD)),
                new Fault.Instead(new Reply(400, Headers.of("Content-Type", "application/json"),
                        Reply.of(400, "application/json", body).content())));
        Got refused = manifest(1);
        Got left = manifest(2);
        long shown = shown(OLD);
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE, NEW)));
        Files.writeString(file, NEW.password());

        Got got = manifest(3);

        assertThat(List.of(refused, left)).extracting(Got::status).containsOnly(403);
        assertThat(shown).isEqualTo(2);
        assertThat(got.status()).isEqualTo(200);
    }

    /** From now on only the new password is good, and the old one gets this. */
    private void expire(int status) {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(NEW))));
        if (status != 401) {
            proxy.registry().when(On.every(Endpoint.MANIFEST).where(request -> isOf(request, OLD)),
                    new Fault.Instead(Reply.error(status, "DENIED", "Your authorization token has expired.")));
        }
    }

    private Got manifest(int number) {
        Digest digest = proxy.registry().manifest(REPO, "application/json", Bytes.of("{\"n\":" + number + "}"));
        return proxy.manifest(digest.toString());
    }

    private long shown(Account account) {
        return proxy.registry().traffic().all().stream().filter(seen -> isOf(seen.request(), account)).count();
    }

    private static boolean isOf(Request request, Account account) {
        return request.header("Authorization").filter(account.basic()::equals).isPresent();
    }

    private static String bearer(Request request) {
        return request.header("Authorization").orElse("");
    }

    private Path answer(String password) throws IOException {
        return Files.writeString(proxy.directory().resolve("answer"),
                "{\"ServerURL\":\"x\",\"Username\":\"alice\",\"Secret\":\"" + password + "\"}");
    }
}

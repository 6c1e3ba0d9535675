package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.auth.CredentialHelper.HelperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The protocol of Docker's credential helpers, with programs that keep it and programs that do not. */
class CredentialHelperTest {

    private static final Duration GENEROUS = Duration.ofSeconds(30);
    private static final String SECRET = "never-printed";

    private final Path directory;

    CredentialHelperTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void aHelperIsAskedForOneRegistry() throws Exception {
        Path helper = script("read server; echo \"$* $server\" > " + directory + "/asked"
                + "; printf '{\"ServerURL\":\"%s\",\"Username\":\"AWS\",\"Secret\":\"s:€\"}' \"$server\"");

        Credential credential = new CredentialHelper(List.of(helper.toString(), "a b;$(id)"), GENEROUS)
                .ask("r.example.com");

        assertThat(credential).isEqualTo(new Credential.Login("AWS", new Secret("s:€")));
        assertThat(Files.readString(directory.resolve("asked"))).isEqualTo("a b;$(id) get r.example.com\n");
    }

    @Test
    void aTokenIsAnIdentityToken() throws Exception {
        Path helper = script("echo '{\"Username\":\"<token>\",\"Secret\":\"s\"}'");

        assertThat(ask(helper)).isEqualTo(new Credential.IdentityToken(new Secret("s")));
    }

    @Test
    void aHelperMayKnowNothing() throws Exception {
        Path helper = script("echo credentials not found in native keychain; exit 1");

        assertThatThrownBy(() -> ask(helper)).isInstanceOfSatisfying(HelperException.class,
                e -> assertThat(e.isIgnorant()).isTrue())
                .hasMessage("it knows no credentials for r.example.com");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            echo never-printed; echo never-printed >&2; exit 3       | it ended with exit code 3
            echo never-printed                                       | what it printed is no JSON
            echo '{"Username":"never-printed"}'                      | what it printed has no Secret
            echo '{"Username":"","Secret":"never-printed"}'          | its Username is empty, or holds a colon
            echo '{"Username":"a:b","Secret":"never-printed"}'       | its Username is empty, or holds a colon
            while :; do echo never-printed-never-printed; done       | it printed more than 65536 bytes
            kill -9 $$                                               | it ended with exit code 137
            """)
    void whatIsOfNoUseIsToldWithoutWhatWasPrinted(String program, String why) throws Exception {
        Path helper = script(program);

        assertThatThrownBy(() -> ask(helper)).isInstanceOf(HelperException.class).hasMessage(why)
                .hasMessageNotContaining(SECRET).hasNoCause();
    }

    @Test
    void aHelperThatDoesNotEndIsGivenUp() throws Exception {
        Path helper = script("exec sleep 1000");

        assertThatThrownBy(() -> new CredentialHelper(List.of(helper.toString()), Duration.ofMillis(500))
                .ask("r.example.com")).hasMessage("it has not ended after 500 ms");
    }

    @Test
    void aHelperThatIsGivenUpIsEndedWithAllThatItStarted() throws Exception {
        Path started = directory.resolve("started");
        assertThat(new ProcessBuilder("mkfifo", started.toString()).start().waitFor()).isZero();
        Path helper = script("sleep 1000 & echo $! > " + started + "; wait");
        FutureTask<Credential> asking = new FutureTask<>(() -> ask(helper));
        Thread thread = Thread.ofVirtual().start(asking);
        long child = Long.parseLong(Files.readString(started).strip());

        thread.interrupt();

        assertThatThrownBy(asking::get).hasRootCauseInstanceOf(InterruptedException.class);
        assertThat(ProcessHandle.of(child).map(ProcessHandle::onExit).map(end -> end.join().isAlive()))
                .satisfiesAnyOf(gone -> assertThat(gone).isEmpty(), ended -> assertThat(ended).hasValue(false));
    }

    @Test
    void aChildThatAHelperLeavesBehindIsNotWaitedFor() throws Exception {
        Path helper = script(
                "sleep 1000 & echo $! > " + directory + "/left; echo '{\"Username\":\"u\",\"Secret\":\"s\"}'");

        Credential credential = ask(helper);

        ProcessHandle left = ProcessHandle.of(Long.parseLong(Files.readString(directory.resolve("left")).strip()))
                .orElseThrow();
        boolean isThere = left.isAlive();
        left.destroyForcibly();
        assertThat(credential).isEqualTo(new Credential.Login("u", new Secret("s")));
        assertThat(isThere).as("it holds the output still").isTrue();
    }

    @Test
    void allOfALongAnswerIsRead() throws Exception {
        Path helper = script(
                "printf '{\"Username\":\"u\",\"Secret\":\"'; head -c 65000 /dev/zero | tr '\\0' x; printf '\"}'");

        assertThat(ask(helper)).isEqualTo(new Credential.Login("u", new Secret("x".repeat(65_000))));
    }

    @Test
    void aHelperThatIsNotThereIsTold() {
        assertThatThrownBy(() -> new CredentialHelper(List.of("docker-credential-nowhere"), GENEROUS)
                .ask("r.example.com")).isInstanceOf(HelperException.class).hasMessage("it cannot be started");
    }

    private static Credential ask(Path helper) throws HelperException, InterruptedException {
        return new CredentialHelper(List.of(helper.toString()), GENEROUS).ask("r.example.com");
    }

    private Path script(String body) throws IOException {
        Path script = Files.writeString(directory.resolve("docker-credential-test"), "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
}

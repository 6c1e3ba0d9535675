package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Secrets in files that change, as people, programs and Kubernetes change them. */
class SecretSourceTest {

    private final Path directory;

    SecretSourceTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    @DisplayName("L-05: a file is read again, also when its length and its time are the same")
    void aFileIsReadAgain() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "first\n");
        SecretSource source = login(file, "first");
        Optional<Credential> before = source.credential();
        var time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(Files.writeString(file, "other\n"), time);

        assertThat(before).isEqualTo(login("first"));
        assertThat(source.credential()).isEqualTo(login("other"));
        assertThat(source.insteadOf(login("first").orElseThrow())).isEqualTo(login("other"));
        assertThat(source.insteadOf(login("other").orElseThrow())).isEmpty();
    }

    @Test
    @DisplayName("L-05: a secret of Kubernetes is swapped by a link")
    void aSecretOfKubernetesIsSwapped() throws IOException {
        for (String version : List.of("1", "2")) {
            Files.writeString(Files.createDirectories(directory.resolve(".." + version)).resolve("password"),
                    "secret " + version);
        }
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        Path file = Files.createSymbolicLink(directory.resolve("password"), Path.of("..data", "password"));
        SecretSource source = login(file, "secret 1");

        Files.move(Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("..2")), directory.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

        assertThat(source.credential()).isEqualTo(login("secret 2"));
    }

    @Test
    @DisplayName("L-05: a file that is missing, empty or no text for a moment keeps what it held")
    void aFileOfNoUseKeepsWhatItHeld() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "first");
        SecretSource source = login(file, "first");

        Files.delete(file);
        Optional<Credential> missing = source.credential();
        Files.writeString(file, "");
        Optional<Credential> empty = source.credential();
        Files.writeString(file, "\n");
        Optional<Credential> blank = source.credential();
        Files.write(file, new byte[]{(byte) 0xff});
        Optional<Credential> noText = source.credential();
        Files.writeString(file, "two\nlines");
        Optional<Credential> unsendable = source.credential();
        Files.write(file, new byte[100_000]);
        Optional<Credential> tooLong = source.credential();

        assertThat(List.of(missing, empty, blank, noText, unsendable, tooLong)).containsOnly(login("first"));
    }

    @Test
    void aPipeWasReadOnceAndIsNotWaitedFor() throws Exception {
        Path pipe = directory.resolve("password");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

        assertThat(login(pipe, "first").credential()).isEqualTo(login("first"));
    }

    @Test
    @DisplayName("L-05: an identity token is the exchanged one until the file holds another, or that is refused")
    void anIdentityTokenIsExchanged() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "first");
        SecretSource source = new SecretSource(Credential.IdentityToken::new, new Secret("first"), Optional.of(file));
        source.exchanged(identity("first"), new Secret("exchanged"));
        Optional<Credential> exchanged = source.credential();
        Optional<Credential> instead = source.insteadOf(identity("exchanged"));
        Optional<Credential> nothing = source.insteadOf(identity("first"));
        Files.writeString(file, "second");

        assertThat(exchanged).hasValue(identity("exchanged"));
        assertThat(instead).hasValue(identity("first"));
        assertThat(nothing).isEmpty();
        assertThat(source.credential()).hasValue(identity("second"));
    }

    private static SecretSource login(Path file, String secret) {
        return new SecretSource(read -> new Credential.Login("u", read), new Secret(secret), Optional.of(file));
    }

    private static Optional<Credential> login(String secret) {
        return Optional.of(new Credential.Login("u", new Secret(secret)));
    }

    private static Credential.IdentityToken identity(String token) {
        return new Credential.IdentityToken(new Secret(token));
    }
}

package dev.freshet.config.load;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link AccountChecks}: what an account must not be, in which words. */
class AccountReaderTest {

    private final Path directory;

    AccountReaderTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    @DisplayName("A-14: a name with a colon, and control characters anywhere, cannot be sent")
    void nameAndPasswordCanBeSent() {
        Sources sources = new Sources(directory).file("lines", "one\ntwo\n").yaml("""
                default-upstream: a
                upstreams:
                  a: { username: "me:hunter2", password: p }
                  b: { username: "m\\te", password: p }
                  c: { username: me, password-file: lines }
                  d: { username: "", password: "p:ß" }
                """);

        assertThat(sources.problems()).containsExactly(
                "upstreams.a.username (freshet.yaml:3): holds a colon, which ends the name where it is sent (RFC 7617):"
                        + " give the name alone, and the password by password-file or password",
                "upstreams.b.username (freshet.yaml:4): holds a control character, which cannot be sent (RFC 7617):"
                        + " remove it",
                "upstreams.c.password-file (freshet.yaml:5): holds a control character, such as a line break, which"
                        + " cannot be sent (RFC 7617): remove it",
                "upstreams.d.username (freshet.yaml:6): is empty: give the account's name");
    }

    @Test
    void anAccountHasOneWayToAuthenticate() {
        Sources sources = new Sources(directory).file("token", "t").yaml("""
                default-upstream: a
                upstreams:
                  a: { username: u, password: p, identity-token: t }
                  b: { identity-token: t, identity-token-file: token }
                  c: { identity-token: t, credential-command: [x] }
                  d: { username: u, password: p, accounts: [{ identity-token: t }] }
                  e: { accounts: [{ identity-token: t }, { username: u }, { password: p }, { }] }
                """);

        assertThat(sources.problems()).containsExactly(
                "upstreams.e.accounts[3] (freshet.yaml:7): is empty: write keys and values under it, of username,"
                        + " password, password-file, identity-token, identity-token-file, credential-command",
                "upstreams.a.identity-token (freshet.yaml:3): another way to authenticate is set,"
                        + " upstreams.a.username: keep one of the two",
                "upstreams.b.identity-token-file (freshet.yaml:4): there is an identity token too: keep one of the two",
                "upstreams.c.credential-command (freshet.yaml:5): another way to authenticate is set,"
                        + " upstreams.c.identity-token: keep one of the two",
                "upstreams.d.username (freshet.yaml:6): accounts is set too: move it into the list",
                "upstreams.e.accounts[1].username (freshet.yaml:7): has no password: add password-file or password",
                "upstreams.e.accounts[2].password (freshet.yaml:7): has no username: add it");
    }

    @Test
    void aCommandCanBeRun() {
        Sources sources = new Sources(directory).file("plain", "").yaml("""
                default-upstream: a
                upstreams:
                  a: { credential-command: [] }
                  b: { credential-command: ["./helper"] }
                  c: { credential-command: ["%s"] }
                  d: { credential-command: ["/bin/sh"] }
                  e: { credential-command: [docker-credential-pass] }
                  f: { credential-command: docker-credential-pass }
                  g: { credential-command: [""] }
                """.formatted(directory.resolve("plain")));

        assertThat(sources.problems()).containsExactly(
                "upstreams.f.credential-command (freshet.yaml:8): is not a list: write one, such as"
                        + " [docker-credential-ecr-login], or remove the key",
                "upstreams.g.credential-command (freshet.yaml:9): \"\" is empty: remove it",
                "upstreams.a.credential-command (freshet.yaml:3): is empty: name the program, such as"
                        + " [docker-credential-ecr-login], or remove the key",
                "upstreams.b.credential-command (freshet.yaml:4): \"./helper\" is a relative path: give the whole path,"
                        + " or the name of a program on the search path",
                "upstreams.c.credential-command (freshet.yaml:5): " + directory.resolve("plain")
                        + " cannot be run: make it an executable file");
    }

    @Test
    void accountsAreAList() {
        assertThat(new Sources(directory).yaml("upstreams: { docker.io: { accounts: { username: u } } }").problems())
                .containsExactly("upstreams.docker.io.accounts (freshet.yaml:1): is not a list: write one of mappings,"
                        + " with keys of username, password, password-file, identity-token, identity-token-file,"
                        + " credential-command, or remove the key");
    }
}

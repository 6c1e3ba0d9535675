package dev.freshet.config.load;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link CrossChecks} and {@link SecretFiles}. */
class CrossChecksTest {

    private final Path directory;

    CrossChecksTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void theDefaultUpstreamIsConfigured() {
        assertThat(new Sources(directory).yaml("upstreams: { lab: , other: }").problems()).containsExactly(
                "default-upstream (default): docker.io is not among the upstreams: add it there,"
                        + " or use one of lab, other");
    }

    @Test
    void aNameMeansOneUpstream() {
        Sources sources = new Sources(directory).yaml("""
                upstreams:
                  docker.io: { aliases: [hub, hub, docker.io] }
                  lab: { aliases: [docker.io] }
                  other:
                    aliases: [hub]
                """);

        assertThat(sources.problems()).containsExactly(
                "upstreams.lab.aliases (freshet.yaml:3): \"docker.io\" means the upstream docker.io already:"
                        + " remove it from one of the two",
                "upstreams.other.aliases (freshet.yaml:5): \"hub\" means the upstream docker.io already:"
                        + " remove it from one of the two");
    }

    @Test
    void aHostMeansOneUpstream() {
        Sources sources = new Sources(directory).yaml("""
                upstreams:
                  docker.io: { hosts: [hub.lan, "lab.lan:1"] }
                  lab: { hosts: ["lab.lan:2", "HUB.lan:443"] }
                """);

        assertThat(sources.problems()).containsExactly(
                "upstreams.lab.hosts (freshet.yaml:3): \"hub.lan:443\" means the upstream docker.io already:"
                        + " remove it from one of the two");
    }

    @Test
    void whatAllowsUrlsCanMatchThem() {
        Sources sources = new Sources(directory).yaml("""
                foreign-layers:
                  allow: ['^https://mcr\\.microsoft\\.com/', 'mcr\\.microsoft\\.com']
                  deny: ['mcr\\.microsoft\\.com', '(']
                """);

        assertThat(sources.problems()).containsExactly(
                "foreign-layers.deny (freshet.yaml:3): \"(\" is not a valid regular expression: Unclosed group; write one such as"
                        + " ^https://mcr\\.microsoft\\.com/",
                "foreign-layers.allow (freshet.yaml:2): \"mcr\\.microsoft\\.com\" matches no URL from its first character"
                        + " on: begin it with http:// or https://, such as ^https://mcr\\.microsoft\\.com/");
    }

    @Test
    void prefetchingHasAQuarterOfTheFills() {
        assertThat(new Sources(directory).yaml("fetch: { prefetch: layers, max-fills: 3 }").problems())
                .containsExactly("fetch.prefetch (freshet.yaml:1): layers needs fetch.max-fills of 4 or more, a quarter"
                        + " of which it may use: raise it, or use none");
        assertThat(new Sources(directory).yaml("fetch: { prefetch: layers, max-fills: 4 }").problems()).isEmpty();
        assertThat(new Sources(directory).yaml("fetch: { prefetch: all }").problems()).containsExactly(
                "fetch.prefetch (freshet.yaml:1): \"all\" is not valid: use none or layers");
    }

    @Test
    void anAccountHasANameAndOnePassword() {
        Sources sources = new Sources(directory).file("pass", "x").yaml("""
                default-upstream: a
                upstreams:
                  a: { username: u }
                  b: { password: p }
                  c: { password-file: pass }
                  d: { username: u, password: p, password-file: pass }
                  e: { username: u, password: "" }
                """);

        assertThat(sources.problems()).containsExactly(
                "upstreams.e.password (freshet.yaml:7): the secret is empty: give one, or remove the key",
                "upstreams.a.username (freshet.yaml:3): has no password: add password-file or password",
                "upstreams.b.password (freshet.yaml:4): has no username: add it",
                "upstreams.c.password-file (freshet.yaml:5): has no username: add it",
                "upstreams.d.password-file (freshet.yaml:6): there is a password too: keep one of the two");
    }

    @Test
    void filesAreReadable() {
        Sources sources = new Sources(directory).file("empty", "\n").yaml("""
                upstreams:
                  docker.io: { username: u, password-file: nowhere, ca-file: nowhere }
                  lab: { username: u, password-file: empty }
                """);

        assertThat(sources.problems()).containsExactly(
                "upstreams.docker.io.password-file (freshet.yaml:2): " + directory.resolve("nowhere")
                        + " cannot be read: make it a readable text file",
                "upstreams.lab.password-file (freshet.yaml:3): " + directory.resolve("empty")
                        + " is empty: write the password into it",
                "upstreams.docker.io.ca-file (freshet.yaml:2): " + directory.resolve("nowhere")
                        + " cannot be read: make it a readable PEM file");
    }
}

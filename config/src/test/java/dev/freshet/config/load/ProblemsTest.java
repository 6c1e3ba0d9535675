package dev.freshet.config.load;

import dev.freshet.config.load.ConfigLoader.ConfigSources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is refused, and in which words. */
class ProblemsTest {

    private final Path directory;
    private final Sources sources;

    ProblemsTest(@TempDir Path directory) {
        this.directory = directory;
        this.sources = new Sources(directory);
    }

    @Test
    void areAllToldAtOnce() {
        sources.yaml("""
                listen: 5000
                cache:
                  memory: 5MiB
                  memroy: 1GiB
                fetch: { max-fills: 5000, stall-timeout: 60 }
                """).variable("FRESHET_DATA", "").flag("freshness.tag-ttl=1 minute");

        assertThat(sources.problems()).containsExactly(
                "listen (freshet.yaml:1): \"5000\" is not an address:"
                        + " use host:port, such as 0.0.0.0:5000 or [::1]:5000, with a port up to 65535",
                "data (FRESHET_DATA): has no value: give one value, such as /srv/freshet, or remove the key",
                "cache.memroy (freshet.yaml:4): unknown key: did you mean cache.memory?",
                "cache.memory (freshet.yaml:3): 5MiB is less than 64MiB: use 64MiB or more",
                "freshness.tag-ttl (--set): \"1 minute\" is not a duration: use a whole number and ms, s, m, h or d",
                "fetch.stall-timeout (freshet.yaml:5): \"60\" is not a duration:"
                        + " use a whole number and ms, s, m, h or d",
                "fetch.max-fills (freshet.yaml:5): 5000 is more than 4096: use 4096 or less");
    }

    @Test
    void nameTheKeyThatWasMeant() {
        sources.yaml("""
                max_fills: 8
                tag-ttl: 1m
                upstreams:
                  docker.io: { user: u, urls: [] }
                plugins: none
                """);

        assertThat(sources.problems()).containsExactly(
                "max_fills (freshet.yaml:1): unknown key: did you mean fetch.max-fills?",
                "tag-ttl (freshet.yaml:2): unknown key: did you mean freshness.tag-ttl?",
                "plugins (freshet.yaml:5): unknown key: remove it, or use one of listen, admin, data,"
                        + " default-upstream, upstreams, cache, freshness, fetch, foreign-layers",
                "upstreams.docker.io.user (freshet.yaml:4): unknown key: remove it, or use one of url, aliases, hosts,"
                        + " username, password, password-file, identity-token, identity-token-file,"
                        + " credential-command, accounts, token-hosts, redirect-hosts, manifest-hosts, ca-file, tag-ttl,"
                        + " stale-if-denied",
                "upstreams.docker.io.urls (freshet.yaml:4): unknown key: did you mean upstreams.docker.io.url?");
    }

    @Test
    void neverShowTheQueryOfAUrlWhereverItStands() {
        sources.yaml("""
                listen: "http://0.0.0.0:5000?token=hunter2"
                default-upstream: https://lab.example.com?token=hunter2
                upstreams:
                  https://x.example.com?token=hunter2: { url: https://x.example.com }
                  lab:
                    url: https://lab.example.com?token=hunter2
                    hosts: ["https://lab.example.com/?token=hunter2"]
                    redirect-hosts: ["lab.example.com/x?token=hunter2"]
                    tag-ttl: https://lab.example.com?token=hunter2
                """).flag("cache.max-size=https://lab.example.com?token=hunter2");

        assertThat(sources.problems()).hasSizeGreaterThan(6).allSatisfy(
                problem -> assertThat(problem).doesNotContain("hunter2"));
    }

    @Test
    void tellOfKeysGivenTwice() {
        sources.yaml("listen: 1.1.1.1:1\ncache:\n  memory: 1GiB\n  memory: 2GiB\nlisten: 1.1.1.1:1\n")
                .flag("data=a").flag("data=b");

        assertThat(sources.problems()).containsExactly(
                "cache.memory (freshet.yaml:4): is already at freshet.yaml:3: keep one of the two",
                "listen (freshet.yaml:5): is already at freshet.yaml:1: keep one of the two",
                "data (--set): is given twice: keep one");
    }

    @Test
    void tellOfWrongTypes() {
        sources.yaml("""
                listen: [a]
                data: { a: b }
                cache: 1GiB
                freshness: [1m]
                fetch: { max-fills: ten }
                upstreams:
                  docker.io: { aliases: a, url: }
                """);

        assertThat(sources.problems()).containsExactly(
                "listen (freshet.yaml:1): is a list: give one value, such as 0.0.0.0:5000",
                "data (freshet.yaml:2): is a mapping: give one value, such as /srv/freshet",
                "upstreams.docker.io.url (freshet.yaml:7): has no value:"
                        + " give one value, such as https://registry.example.com, or remove the key",
                "upstreams.docker.io.aliases (freshet.yaml:7): is not a list:"
                        + " write one, such as [docker.io], or remove the key",
                "cache (freshet.yaml:3): is not a mapping: write keys and values under it, of max-size, memory",
                "freshness (freshet.yaml:4): is not a mapping: write keys and values under it, of tag-ttl,"
                        + " stale-if-error, link-ttl, negative-ttl, immutable-tags, ratelimit-reserve",
                "fetch.max-fills (freshet.yaml:5): \"ten\" is not a number: use a whole number without a unit");
    }

    @Test
    void tellOfGroupsAndMapsThatAreNone() {
        assertThat(sources.yaml("cache:\nupstreams:\n").problems()).containsExactly("upstreams (freshet.yaml:2):"
                + " is empty: add an entry, or remove the key to have the defaults");
        assertThat(sources.yaml("- listen\n").problems()).containsExactly("freshet.yaml: is not a mapping:"
                + " write keys and values, such as listen: 0.0.0.0:5000");
    }

    @Test
    void tellWhereAFileIsNotYamlWithoutQuotingIt() {
        sources.yaml("listen: 1.1.1.1:1\nupstreams:\n  a: { password: hunter2: }\n b: c");

        assertThat(sources.problems()).singleElement().asString()
                .startsWith("freshet.yaml:3: is not valid YAML: correct it (").doesNotContain("hunter2");
    }

    @Test
    void tellOfYamlThatWouldMeanSomethingElse() {
        assertThat(sources.yaml("listen: &a 1.1.1.1:1\ndata: *a\n").problems()).containsExactly(
                "data (freshet.yaml:2): is a YAML alias: write the value itself",
                "data (freshet.yaml:2): has no value: give one value, such as /srv/freshet, or remove the key");
        assertThat(sources.yaml("data: a\n---\ndata: b\n").problems())
                .containsExactly("freshet.yaml:3: a second document begins: keep one");
    }

    @Test
    void tellOfAFileThatIsNotThere() {
        ConfigSources named = new ConfigSources(Optional.of(Path.of("other.yaml")), Map.of(), List.of(), directory);

        assertThatThrownBy(() -> ConfigLoader.load(named)).isInstanceOf(ConfigException.class)
                .hasMessage("other.yaml: cannot be read: make it a readable text file,"
                        + " or name another with --config");
    }

    @Test
    void areNotSeenInAnEmptyFile() {
        assertThat(sources.yaml("").problems()).isEmpty();
        assertThat(sources.yaml("# nothing but a comment\n").problems()).isEmpty();
    }
}

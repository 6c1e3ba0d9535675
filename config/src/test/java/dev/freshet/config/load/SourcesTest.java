package dev.freshet.config.load;

import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.load.EffectiveConfig.Setting;
import dev.freshet.config.unit.DataSize;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** File, environment and flags, and which of them wins. */
class SourcesTest {

    private final Sources sources;

    SourcesTest(@TempDir Path directory) {
        this.sources = new Sources(directory);
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws ConfigException {
        sources.yaml("cache: { memory: 100MiB }");
        assertThat(sources.config().cache().memory()).isEqualTo(DataSize.parse("100MiB"));

        sources.variable("FRESHET_CACHE_MEMORY", "200MiB");
        assertThat(sources.config().cache().memory()).isEqualTo(DataSize.parse("200MiB"));

        sources.flag("cache.memory=300MiB");
        assertThat(sources.config().cache().memory()).isEqualTo(DataSize.parse("300MiB"));
    }

    @Test
    void aFlagReachesIntoAnUpstreamWithDotsInItsName() throws ConfigException {
        sources.yaml("upstreams: { docker.io: { tag-ttl: 5m } }")
                .flag("data=/d").flag("upstreams.docker.io.url=http://127.0.0.1:5005")
                .flag("upstreams.\"docker.io\".hosts=a.lan, b.lan")
                .flag("upstreams.\"quay.io\"={ aliases: [q] }");

        assertThat(sources.load().render()).isEqualTo("""
                listen                               0.0.0.0:5000                             default
                admin.listen                         127.0.0.1:5001                           default
                data                                 /d                                       --set
                default-upstream                     docker.io                                default
                upstreams.docker.io.url              http://127.0.0.1:5005                    --set
                upstreams.docker.io.aliases          [registry-1.docker.io, index.docker.io]  default
                upstreams.docker.io.hosts            [a.lan, b.lan]                           --set
                upstreams.docker.io.tag-ttl          5m                                       freshet.yaml:1
                upstreams.docker.io.stale-if-denied  false                                    default
                upstreams.quay.io.url                https://quay.io                          default
                upstreams.quay.io.aliases            [q]                                      --set
                upstreams.quay.io.stale-if-denied    false                                    default
                cache.max-size                       50GiB                                    default
                cache.memory                         256MiB                                   default
                freshness.tag-ttl                    1m                                       default
                freshness.stale-if-error             30d                                      default
                freshness.link-ttl                   7d                                       default
                freshness.negative-ttl               10s                                      default
                freshness.ratelimit-reserve          10%                                      default
                fetch.stall-timeout                  1m                                       default
                fetch.manifest-timeout               30s                                      default
                fetch.fill-timeout                   1d                                       default
                fetch.connections-per-blob           4                                        default
                fetch.max-fills                      64                                       default
                fetch.prefetch                       none                                     default
                """);
    }

    @Test
    void aVariableHoldsAllUpstreams() throws ConfigException {
        sources.yaml("upstreams: { docker.io: }")
                .variable("FRESHET_UPSTREAMS", "{\"docker.io\": {\"url\": \"http://hub\"}, \"lab\": {}}");

        assertThat(sources.config().upstreams().keySet()).containsExactly(new UpstreamName("docker.io"),
                new UpstreamName("lab"));
        assertThat(sources.config().upstreams().get(new UpstreamName("docker.io"))).isNotNull()
                .extracting(UpstreamConfig::url).isEqualTo(URI.create("http://hub"));
    }

    @Test
    void secretsAreHiddenWhereTheConfigurationIsPrinted() throws ConfigException {
        EffectiveConfig effective = sources
                .yaml("upstreams: { docker.io: { username: u, password: hunter2 } }").load();

        assertThat(effective.settings())
                .contains(new Setting("upstreams.docker.io.password", "<hidden>", "freshet.yaml:1"));
        assertThat(effective.toString()).doesNotContain("hunter2");
    }

    @Test
    void secretsOfAccountsAreHiddenToo() throws ConfigException {
        EffectiveConfig effective = sources.yaml("upstreams: { docker.io: { accounts: ["
                + "{ username: u, password: hunter2 }, { identity-token: hunter3 } ] } }").load();

        assertThat(effective.settings())
                .contains(new Setting("upstreams.docker.io.accounts[0].username", "u", "freshet.yaml:1"),
                        new Setting("upstreams.docker.io.accounts[0].password", "<hidden>", "freshet.yaml:1"),
                        new Setting("upstreams.docker.io.accounts[1].identity-token", "<hidden>", "freshet.yaml:1"));
        assertThat(effective.toString()).doesNotContain("hunter");
    }

    @Test
    void aFlagHoldsAllAccounts() throws ConfigException {
        sources.yaml("upstreams: { docker.io: }")
                .flag("upstreams.docker.io.accounts=[{ username: u, password: p }]");

        assertThat(sources.config().upstreams().get(new UpstreamName("docker.io"))).isNotNull()
                .extracting(upstream -> upstream.accounts().size()).isEqualTo(1);
    }

    @Test
    void unknownVariablesAreProblems() {
        sources.variable("FRESHET_CACHE_MEMROY", "1GiB").variable("FRESHET_ADMIN_PORT", "5001")
                .variable("FRESHET_JAVA_OPTS", "-Xmx1g").variable("FRESHET_E2E", "1").variable("OTHER", "x");

        assertThat(sources.problems()).containsExactly(
                "FRESHET_ADMIN_PORT (environment): unknown variable: unset it, or use one of FRESHET_LISTEN,"
                        + " FRESHET_ADMIN_LISTEN, FRESHET_DATA, FRESHET_DEFAULT_UPSTREAM, FRESHET_UPSTREAMS,"
                        + " FRESHET_CACHE_MAX_SIZE, FRESHET_CACHE_MEMORY, FRESHET_FRESHNESS_TAG_TTL, FRESHET_FRESHNESS_STALE_IF_ERROR,"
                        + " FRESHET_FRESHNESS_LINK_TTL, FRESHET_FRESHNESS_NEGATIVE_TTL, FRESHET_FRESHNESS_IMMUTABLE_TAGS,"
                        + " FRESHET_FRESHNESS_RATELIMIT_RESERVE,"
                        + " FRESHET_FETCH_STALL_TIMEOUT, FRESHET_FETCH_MANIFEST_TIMEOUT, FRESHET_FETCH_FILL_TIMEOUT,"
                        + " FRESHET_FETCH_CONNECTIONS_PER_BLOB, FRESHET_FETCH_MAX_FILLS, FRESHET_FETCH_PREFETCH,"
                        + " FRESHET_FOREIGN_LAYERS_ALLOW, FRESHET_FOREIGN_LAYERS_DENY",
                "FRESHET_CACHE_MEMROY (environment): unknown variable: did you mean FRESHET_CACHE_MEMORY?");
    }

    @Test
    void variablesThatKubernetesSetsForAServiceNamedFreshetAreNone() {
        sources.variable("FRESHET_SERVICE_HOST", "10.0.0.1").variable("FRESHET_SERVICE_PORT", "5000")
                .variable("FRESHET_SERVICE_PORT_HTTP", "5000").variable("FRESHET_PORT", "tcp://10.0.0.1:5000")
                .variable("FRESHET_PORT_5000_TCP", "tcp://10.0.0.1:5000").variable("FRESHET_PORT_5000_TCP_PROTO", "tcp")
                .variable("FRESHET_ADMIN_PORT_5001_TCP_ADDR", "10.0.0.2")
                .variable("FRESHET_ADMIN_PORT", "tcp://10.0.0.2:5001");

        assertThat(sources.problems()).isEmpty();
    }

    @Test
    void flagsThatSetNothingAreProblems() {
        sources.flag("listen").flag("cache=1").flag("listen.port=1").flag("upstreams.\"a=1").flag("upstreams.\"a\"b=1")
                .flag("upstreams.docker.io={}").flag("cache.memroy=1GiB");

        assertThat(sources.problems()).containsExactly("--set: a flag has no key and value: use --set KEY=VALUE",
                "cache (--set): is a group: set one of its keys, max-size, memory",
                "listen.port (--set): goes on after listen: end it there",
                "upstreams.\"a (--set): has one quote: close the name with another",
                "upstreams.\"a\"b (--set): goes on after the quotes: put a dot there",
                "upstreams.docker.io (--set): unknown key: remove it, or use one of url, aliases, hosts, username,"
                        + " password, password-file, identity-token, identity-token-file, credential-command,"
                        + " accounts, token-hosts, redirect-hosts, manifest-hosts, ca-file, tag-ttl, stale-if-denied",
                "cache.memroy (--set): unknown key: did you mean cache.memory?");
    }

    @Test
    void brokenYamlInAVariableIsAProblemWithoutItsText() {
        sources.variable("FRESHET_UPSTREAMS", "{ a: { password: 'hunter2 }");

        assertThat(sources.problems()).singleElement().asString()
                .startsWith("upstreams (FRESHET_UPSTREAMS): is not valid YAML: correct it (").doesNotContain("hunter2");
    }
}

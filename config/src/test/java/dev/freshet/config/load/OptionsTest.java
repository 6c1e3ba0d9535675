package dev.freshet.config.load;

import dev.freshet.config.Credentials;
import dev.freshet.config.Credentials.CommandWord;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.FreshetConfig.AdminConfig;
import dev.freshet.config.FreshetConfig.CacheConfig;
import dev.freshet.config.FreshetConfig.FetchConfig;
import dev.freshet.config.FreshetConfig.ForeignLayersConfig;
import dev.freshet.config.FreshetConfig.FreshnessConfig;
import dev.freshet.config.FreshetConfig.Prefetch;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamConfig.AccountConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.unit.DataSize;
import dev.freshet.config.unit.HostPort;
import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.Percentage;
import dev.freshet.config.unit.RegularExpression.TagPattern;
import dev.freshet.config.unit.RegularExpression.UrlPattern;
import dev.freshet.config.unit.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Each group of options: all defaults, and all something else. */
class OptionsTest {

    private final Path directory;
    private final Sources sources;

    OptionsTest(@TempDir Path directory) {
        this.directory = directory;
        this.sources = new Sources(directory);
    }

    @Test
    void theRootHasDefaults() throws ConfigException {
        FreshetConfig config = sources.config();

        assertThat(config.listen()).isEqualTo(new HostPort("0.0.0.0", 5000));
        assertThat(config.data()).isEqualTo(directory.resolve("freshet-data"));
        assertThat(config.defaultUpstream()).isEqualTo(new UpstreamName("docker.io"));
        assertThat(config.upstreams()).containsKeys(new UpstreamName("docker.io"), new UpstreamName("ghcr.io"),
                new UpstreamName("quay.io"), new UpstreamName("registry.k8s.io"));
    }

    @Test
    void theRootTakesOthers() throws ConfigException {
        sources.yaml("""
                listen: "[::1]:0"
                data: /srv/freshet
                default-upstream: lab
                upstreams:
                  other:
                  lab:
                """);

        FreshetConfig config = sources.config();

        assertThat(config.listen()).isEqualTo(new HostPort("::1", 0));
        assertThat(config.data()).isEqualTo(Path.of("/srv/freshet"));
        assertThat(config.defaultUpstream()).isEqualTo(new UpstreamName("lab"));
        assertThat(config.upstreams().keySet()).containsExactly(new UpstreamName("other"), new UpstreamName("lab"));
    }

    @Test
    void adminHasDefaults() throws ConfigException {
        assertThat(sources.config().admin()).isEqualTo(new AdminConfig(new HostPort("127.0.0.1", 5001)));
    }

    @Test
    void adminTakesOthers() throws ConfigException {
        sources.yaml("admin: { listen: 0.0.0.0:9000 }");

        assertThat(sources.config().admin()).isEqualTo(new AdminConfig(new HostPort("0.0.0.0", 9000)));
    }

    @Test
    void anUpstreamHasDefaults() throws ConfigException {
        sources.yaml("default-upstream: 'lab:5000'\nupstreams: { 'lab:5000': }");

        assertThat(sources.config().upstreams()).containsExactly(Map.entry(new UpstreamName("lab:5000"),
                new UpstreamConfig(URI.create("https://lab:5000"), List.of(), List.of(), Optional.empty(),
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of(),
                        List.of(), List.of(), List.of(), Optional.empty(), Optional.empty(), false)));
    }

    @Test
    void anUpstreamTakesOthers() throws ConfigException {
        sources.file("ca.pem", "-----BEGIN CERTIFICATE-----").file("secret", "hunter2\n").yaml("""
                default-upstream: lab
                upstreams:
                  lab:
                    url: http://10.0.0.5:5000/base/
                    aliases: [lab.example.com, "lab:5000"]
                    hosts: [mirror.example.com]
                    username: u
                    password-file: secret
                    token-hosts: [auth.example.com]
                    redirect-hosts: ["10.0.0.7:9000"]
                    manifest-hosts: [ghcr.io, "10.0.0.8:5000"]
                    ca-file: ca.pem
                    tag-ttl: 5m
                    stale-if-denied: true
                """);

        UpstreamConfig lab = sources.config().upstreams().get(new UpstreamName("lab"));

        assertThat(lab).isEqualTo(new UpstreamConfig(URI.create("http://10.0.0.5:5000/base"),
                List.of(new UpstreamName("lab.example.com"), new UpstreamName("lab:5000")),
                List.of(HostRule.parse("mirror.example.com")), Optional.of("u"), Optional.of(new Secret("hunter2")),
                Optional.of(directory.resolve("secret")), Optional.empty(), Optional.empty(), List.of(), List.of(),
                List.of(HostRule.parse("auth.example.com")),
                List.of(HostRule.parse("10.0.0.7:9000")),
                List.of(HostRule.parse("ghcr.io"), HostRule.parse("10.0.0.8:5000")),
                Optional.of(directory.resolve("ca.pem")), Optional.of(Duration.ofMinutes(5)), true));
        assertThat(lab).isNotNull();
        assertThat(lab.credentials()).containsExactly(new Credentials.Login("u", new Secret("hunter2"),
                Optional.of(directory.resolve("secret"))));
    }

    @Test
    void anUpstreamTakesOtherWaysToAuthenticate() throws ConfigException {
        sources.file("token", "t0ken\r\n").yaml("""
                default-upstream: a
                upstreams:
                  a: { identity-token-file: token }
                  b: { identity-token: t1 }
                  c: { credential-command: [docker-credential-ecr-login, -v] }
                """);

        Map<UpstreamName, UpstreamConfig> upstreams = sources.config().upstreams();

        assertThat(upstreams.values()).extracting(UpstreamConfig::credentials).containsExactly(
                List.of(new Credentials.IdentityToken(new Secret("t0ken"), Optional.of(directory.resolve("token")))),
                List.of(new Credentials.IdentityToken(new Secret("t1"))),
                List.of(new Credentials.Command(
                        List.of(new CommandWord("docker-credential-ecr-login"), new CommandWord("-v")))));
    }

    @Test
    void anAccountTakesAll() throws ConfigException {
        sources.file("secret", "hunter2\n").file("token", "t0ken").yaml("""
                default-upstream: lab
                upstreams:
                  lab:
                    accounts:
                      - { username: a, password: b }
                      - { username: c, password-file: secret }
                      - { identity-token: d }
                      - { identity-token-file: token }
                      - { credential-command: [docker-credential-pass] }
                """);

        UpstreamConfig lab = sources.config().upstreams().get(new UpstreamName("lab"));

        assertThat(lab).isNotNull();
        assertThat(lab.credentials()).containsExactly(new Credentials.Login("a", new Secret("b")),
                new Credentials.Login("c", new Secret("hunter2"), Optional.of(directory.resolve("secret"))),
                new Credentials.IdentityToken(new Secret("d")),
                new Credentials.IdentityToken(new Secret("t0ken"), Optional.of(directory.resolve("token"))),
                new Credentials.Command(List.of(new CommandWord("docker-credential-pass"))));
        assertThat(lab.account().credentials()).isEmpty();
        assertThat(lab.accounts().get(3)).isEqualTo(new AccountConfig(Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.of(new Secret("t0ken")), Optional.of(directory.resolve("token")),
                List.of()));
    }

    @Test
    void cacheHasDefaults() throws ConfigException {
        assertThat(sources.config().cache())
                .isEqualTo(new CacheConfig(DataSize.parse("50GiB"), DataSize.parse("256MiB")));
    }

    @Test
    void cacheTakesOthers() throws ConfigException {
        sources.yaml("cache: { max-size: 2TiB, memory: 1GiB }");

        assertThat(sources.config().cache())
                .isEqualTo(new CacheConfig(DataSize.parse("2TiB"), DataSize.parse("1GiB")));
    }

    @Test
    void freshnessHasDefaults() throws ConfigException {
        assertThat(sources.config().freshness())
                .isEqualTo(new FreshnessConfig(Duration.ofMinutes(1), Duration.ofDays(30), Duration.ofDays(7),
                        Duration.ofSeconds(10), List.of(), new Percentage(10)));
    }

    @Test
    void freshnessTakesOthers() throws ConfigException {
        sources.yaml("""
                freshness:
                  tag-ttl: 0s
                  stale-if-error: 12h
                  link-ttl: 3d
                  negative-ttl: 1m
                  immutable-tags: ['v[0-9]+', a|b]
                  ratelimit-reserve: 25%
                """);

        assertThat(sources.config().freshness()).isEqualTo(new FreshnessConfig(Duration.ZERO, Duration.ofHours(12),
                Duration.ofDays(3), Duration.ofMinutes(1),
                List.of(TagPattern.parse("v[0-9]+"), TagPattern.parse("a|b")),
                new Percentage(25)));
    }

    @Test
    void fetchHasDefaults() throws ConfigException {
        assertThat(sources.config().fetch()).isEqualTo(new FetchConfig(Duration.ofSeconds(60), Duration.ofSeconds(30),
                Duration.ofHours(24), 4, 64, Prefetch.NONE));
    }

    @Test
    void fetchTakesOthers() throws ConfigException {
        sources.yaml("""
                fetch:
                  stall-timeout: 90s
                  manifest-timeout: 2m
                  fill-timeout: 6h
                  connections-per-blob: 8
                  max-fills: 8
                  prefetch: layers
                """);

        assertThat(sources.config().fetch()).isEqualTo(new FetchConfig(Duration.ofSeconds(90), Duration.ofMinutes(2),
                Duration.ofHours(6), 8, 8, Prefetch.LAYERS));
    }

    @Test
    void foreignLayersHaveDefaults() throws ConfigException {
        assertThat(sources.config().foreignLayers()).isEqualTo(new ForeignLayersConfig(List.of(), List.of()));
    }

    @Test
    void foreignLayersTakeOthers() throws ConfigException {
        sources.yaml("foreign-layers: { allow: ['^https://mcr\\.microsoft\\.com/', '.*'], deny: ['/secret/'] }");

        assertThat(sources.config().foreignLayers()).isEqualTo(new ForeignLayersConfig(
                List.of(UrlPattern.parse("^https://mcr\\.microsoft\\.com/"), UrlPattern.parse(".*")),
                List.of(UrlPattern.parse("/secret/"))));
    }
}

package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.unit.HostRule;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link WellKnownUpstreams}. */
class WellKnownUpstreamsTest {

    private static final UpstreamName HUB = new UpstreamName("docker.io");
    private static final List<UpstreamName> HUB_ALIASES = List.of(new UpstreamName("registry-1.docker.io"),
            new UpstreamName("index.docker.io"));

    private final Path directory;

    WellKnownUpstreamsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void areAllThereWhenNoneAreConfigured() throws ConfigException {
        FreshetConfig config = new Sources(directory).config();

        assertThat(config.upstreams()).hasSizeGreaterThanOrEqualTo(10);
        assertThat(upstream(config, "ghcr.io").url()).isEqualTo(URI.create("https://ghcr.io"));
        assertThat(upstream(config, "docker.io").url()).isEqualTo(URI.create("https://registry-1.docker.io"));
        assertThat(upstream(config, "docker.io").aliases()).isEqualTo(HUB_ALIASES);
    }

    @Test
    void areNotThereWhenOthersAreConfigured() throws ConfigException {
        FreshetConfig config = new Sources(directory).yaml("upstreams: { docker.io: }").config();

        assertThat(config.upstreams().keySet()).containsExactly(HUB);
    }

    @Test
    void fillInWhatAConfiguredOneLeavesOut() throws ConfigException {
        FreshetConfig config = new Sources(directory).yaml("upstreams: { docker.io: { tag-ttl: 5m } }").config();

        UpstreamConfig hub = upstream(config, "docker.io");
        assertThat(hub.url()).isEqualTo(URI.create("https://registry-1.docker.io"));
        assertThat(hub.aliases()).isEqualTo(HUB_ALIASES);
        assertThat(hub.tokenHosts()).containsExactly(HostRule.parse("auth.docker.io"));
    }

    @Test
    void giveAnotherUrlTheirNamesButNotTheirTrust() throws ConfigException {
        FreshetConfig config = new Sources(directory).yaml("upstreams: { docker.io: { url: 'http://hub' } }").config();

        UpstreamConfig hub = upstream(config, "docker.io");
        assertThat(hub.url()).isEqualTo(URI.create("http://hub"));
        assertThat(hub.aliases()).isEqualTo(HUB_ALIASES);
        assertThat(hub.tokenHosts()).isEmpty();
    }

    private static UpstreamConfig upstream(FreshetConfig config, String name) {
        return Objects.requireNonNull(config.upstreams().get(new UpstreamName(name)), name);
    }
}

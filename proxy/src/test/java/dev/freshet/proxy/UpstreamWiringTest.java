package dev.freshet.proxy;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.load.ConfigLoader;
import dev.freshet.config.load.ConfigLoader.ConfigSources;
import dev.freshet.config.unit.HostRule;
import dev.freshet.proxy.upstream.Upstream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What an upstream is told of the configuration. */
class UpstreamWiringTest {

    @Test
    @DisplayName("L-07: a front knows where the other upstreams are, and which registries it is named")
    void aFrontKnowsTheOthers() throws Exception {
        FreshetConfig config = ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(),
                List.of("upstreams.\"lscr.io\".manifest-hosts=10.0.0.8:5000",
                        "upstreams.\"ghcr.io\".url=https://ghcr.io",
                        "default-upstream=ghcr.io"),
                Path.of(""))).config();

        Upstream front = Freshet.upstream(config, new UpstreamName("lscr.io"));

        assertThat(front.manifestHosts()).containsExactly(HostRule.parse("10.0.0.8:5000"));
        assertThat(front.others()).containsExactly(HttpUrl.get("https://ghcr.io/"));
    }
}

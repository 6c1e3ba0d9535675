package dev.freshet.testbed.e2e;

import dev.freshet.testbed.client.FreshetProcess;
import dev.freshet.testbed.image.Family;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Images;
import dev.freshet.testbed.registry.Account;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.storage.StorageSettings;
import dev.freshet.testbed.upstream.DistributionRegistry;
import dev.freshet.testbed.upstream.FakeUpstream;
import dev.freshet.testbed.upstream.Upstream;
import dev.freshet.testbed.wire.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** The upstreams of the end-to-end tests. */
enum Upstreams {

    FAKE(Family.OCI),
    DISTRIBUTION(Family.DOCKER);

    /** How long its signed URLs live. */
    static final Duration LIFE = Duration.ofSeconds(2);
    /**
     * What a connection to the storage gets. Of the largest layer's 300 MiB that makes 48 MiB at most before the URL
     * dies. Docker resumes five times, so it needs 50.
     */
    private static final long BYTES_PER_SECOND = 24L << 20;
    private static final Path DISTRIBUTION_FILES = Path.of("target", "testbed", "distribution");

    private final Family family;

    Upstreams(Family family) {
        this.family = family;
    }

    /** A new one that does nothing wrong; the fake wants tokens, which everyone gets. */
    Upstream start() throws IOException {
        return switch (this) {
            case FAKE -> new FakeUpstream(new FakeRegistry(RegistrySettings.DEFAULTS
                    .auth(new Auth.Bearer(Duration.ofMinutes(5),
                            new Account(FreshetProcess.USERNAME, FreshetProcess.PASSWORD, Set.of())))));
            case DISTRIBUTION -> new DistributionRegistry(DISTRIBUTION_FILES);
        };
    }

    /** The image with the large layers, in this upstream's family of types. */
    Image layered() throws IOException {
        return Images.layered(family);
    }

    /** Storage with URLs that die after two seconds and take the running transfers with them, in the midst of a layer. */
    static StorageSettings shortLived(StorageSettings settings) {
        return settings.longestLife(LIFE).cutAtExpiry(Ending.RST).bytesPerSecond(BYTES_PER_SECOND);
    }
}

package dev.freshet.proxy.serve;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.serve.BlobPermissions.RegistryOrigin;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** When the upstream request of a blob is built. */
class RegistryOriginTest {

    private static final Repository REPO = new Repository(new RegistryHost("lab"), "team/app");
    private static final Digest DIGEST = Digest.sha256(new byte[1]);

    private final AtomicInteger built = new AtomicInteger();
    private final BlobOrigin origin = new RegistryOrigin(REPO, DIGEST, () -> {
        built.incrementAndGet();
        return new Refusing();
    });

    /** An upstream origin that refuses. */
    private static final class Refusing implements BlobOrigin {

        @Override
        public Repository repository() {
            return REPO;
        }

        @Override
        public Transfer open(ByteRange wanted) throws OriginException {
            throw new OriginException(FailureReason.NOT_FOUND, "refused", null);
        }
    }

    @Test
    void aHitBuildsNoUpstreamRequest() {
        assertThat(origin.repository()).isEqualTo(REPO);
        assertThat(origin).hasToString(REPO + "@" + DIGEST);
        assertThat(origin.sharingScope()).isEmpty();
        assertThat(built).hasValue(0);
    }

    @Test
    void allTransfersShareOneUpstreamOrigin() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> origin.open(new ByteRange(0, 1))).isInstanceOf(OriginException.class);
        }

        assertThat(built).hasValue(1);
    }
}

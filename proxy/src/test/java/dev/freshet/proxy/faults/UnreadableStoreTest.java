package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.traffic.Endpoint;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Stored content that cannot be read: clients get it from the upstream. */
class UnreadableStoreTest extends BrokenStoreKit {

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000_000, 3 * Bytes.MIB - 1})
    @DisplayName("S-10: damage at byte k: the client has all of it, from the upstream, and the damaged copy is dropped")
    void damageIsDroppedAndFetchedAgain(int at) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.blob(REPO, digest);
        proxy.awaitNoFills();
        proxy.store().damage(digest, at);

        Got healed = proxy.blob(REPO, digest);
        while (proxy.metric("freshet_damaged_blobs_total") == 0) {
            Thread.onSpinWait();
        }
        proxy.awaitNoFills();
        Got again = proxy.blob(REPO, digest);

        assertThat(List.of(healed, again)).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.cut()).isFalse();
            assertThat(got.digest()).isEqualTo(digest);
        });
        assertThat(healed.header("Cache-Status")).isEqualTo(at == 0 ? PASSED : HIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-", "bytes=0-0", "bytes=2000000-", "bytes=-1"})
    @DisplayName("S-13: what is stored and cannot be read is fetched, ranges too, and the failure is counted")
    void whatCannotBeReadIsPassedThrough(String range) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.blob(REPO, digest);
        proxy.awaitNoFills();
        Got before = proxy.blob(REPO, digest, "Range", range);
        proxy.store().failReads(true);

        Got unreadable = proxy.blob(REPO, digest, "Range", range);
        proxy.awaitNoFills();
        proxy.store().failReads(false);
        Got mended = proxy.blob(REPO, digest, "Range", range);

        assertThat(unreadable.status()).isEqualTo(206);
        assertThat(unreadable.header("Cache-Status")).isEqualTo(PASSED);
        assertThat(List.of(unreadable, mended)).extracting(Got::body).containsOnly(before.body());
        assertThat(mended.header("Cache-Status")).isEqualTo(HIT);
        assertThat(proxy.metric("freshet_store_failures_total")).isEqualTo(1);
        assertThat(proxy.metric("freshet_damaged_blobs_total")).isZero();
    }

    @Test
    @DisplayName("S-13: what is stored and can be had nowhere now is refused with the upstream's word, not cut")
    void whatCannotBeReadAndNotFetchedIsRefused() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.blob(REPO, digest);
        proxy.awaitNoFills();
        proxy.store().failReads(true);
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(503));

        Got refused = proxy.blob(REPO, digest);

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Docker-Content-Digest")).isEmpty();
        assertThat(refused.header("Cache-Status")).isEqualTo(PASSED);
    }

    @Test
    @DisplayName("S-10: a damaged manifest is fetched again at once")
    void aDamagedManifestIsFetchedAgain() {
        Digest config = proxy.registry().blob(REPO, CONFIG);
        Digest manifest = proxy.registry().manifest(REPO, TYPE, manifest(config, Digest.sha256(BLOB)));
        proxy.manifest(REPO, manifest.toString());
        proxy.store().damage(manifest);

        Got healed = proxy.manifest(REPO, manifest.toString());
        Got again = proxy.manifest(REPO, manifest.toString());

        assertThat(healed.digest()).isEqualTo(manifest);
        assertThat(again.header("Cache-Status")).startsWith(HIT);
        assertThat(proxy.metric("freshet_damaged_blobs_total")).isEqualTo(1);
        assertThat(proxy.log()).anyMatch(line -> line.contains(manifest.toString()) && line.contains("fetched again"));
    }
}

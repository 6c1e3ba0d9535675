package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A disk that is full or broken: clients notice nothing, and none gets content of another repository. */
class BrokenStoreTest extends BrokenStoreKit {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Bytes.MIB, 3 * Bytes.MIB - 1})
    @DisplayName("S-07: the disk is full at byte k: the client has all of it, and it is cached when there is room again")
    void aDiskThatIsFullInTheMiddleCostsOnlyTheCache(int at) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.store().failAppendsAfter(at);

        Got full = proxy.blob(REPO, digest);
        proxy.awaitNoFills();
        Got still = proxy.blob(REPO, digest);
        proxy.awaitNoFills();
        proxy.store().failAppendsAfter(Long.MAX_VALUE);
        Got room = proxy.blob(REPO, digest);
        proxy.awaitNoFills();
        Got hit = proxy.blob(REPO, digest);

        assertThat(List.of(full, still, room, hit)).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.cut()).isFalse();
            assertThat(got.digest()).isEqualTo(digest);
        });
        assertThat(hit.header("Cache-Status")).isEqualTo(HIT);
        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"passed\"")).isEqualTo(2);
        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"complete\"")).isEqualTo(1);
    }

    @Test
    @DisplayName("S-07: the commit fails, and the next request is answered from what is left")
    void aCommitThatFailsCostsNoPull() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.store().failCommits(true).keepPartials(1);

        Got first = proxy.blob(REPO, digest);
        proxy.awaitNoFills();
        proxy.store().failCommits(false);
        Got second = proxy.blob(REPO, digest);

        assertThat(List.of(first, second)).extracting(Got::digest).containsOnly(digest);
        assertThat(second.header("Cache-Status")).isEqualTo(HIT);
        assertThat(proxy.registry().traffic().storageGets()).hasSize(1);
        assertThat(proxy.metric("freshet_upstream_bytes_total")).isEqualTo(BLOB.length);
    }

    @Test
    @DisplayName("A-09: whose upstream had to be asked for the rest is told so, be there none")
    void aFetchThatGoesOnSaysThatItWasForwarded() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().blob("other/app", BLOB);
        proxy.store().failCommits(true).keepPartials(1);
        proxy.blob(REPO, digest);
        proxy.awaitNoFills();
        proxy.store().failCommits(false);

        Got other = proxy.blob("other/app", digest);

        assertThat(other.digest()).isEqualTo(digest);
        assertThat(other.header("Cache-Status")).isEqualTo("freshet; fwd=partial; stored");
    }

    @Test
    @DisplayName("S-07: the disk is full in the middle of many downloads of one blob, and all have all of it")
    void manyClientsShareWhatIsNotStored() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.store().failAppendsAfter(1_000_000);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), new Fault.HoldAt(500_000, gate));
        List<Future<Got>> begun = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            begun.add(proxy.client().begin(proxy.url(REPO, "blobs/" + digest)));
        }
        while (proxy.metric("freshet_fill_readers") < 12) {
            Thread.onSpinWait();
        }

        gate.open();

        assertThat(begun).extracting(Client::await).extracting(Got::digest).containsOnly(digest);
        assertThat(proxy.registry().traffic().storageGets()).filteredOn(seen -> seen.range().isEmpty()).hasSize(1);
    }

    @Test
    @DisplayName("S-13: every call of store and catalog fails: images are pulled through, cold and again")
    void aBrokenDiskIsPassedBy() {
        Digest config = proxy.registry().blob(REPO, CONFIG);
        Digest layer = proxy.registry().blob(REPO, BLOB);
        Digest manifest = proxy.registry().manifest(REPO, TYPE, manifest(config, layer));
        proxy.registry().tag(REPO, "latest", manifest);
        proxy.breakDisk(true);

        for (int i = 0; i < 3; i++) {
            assertThat(proxy.manifest(REPO, "latest").digest()).isEqualTo(manifest);
            assertThat(proxy.manifest(REPO, manifest.toString()).digest()).isEqualTo(manifest);
            for (Digest blob : List.of(config, layer)) {
                Got got = proxy.blob(REPO, blob);
                assertThat(got.status()).isEqualTo(200);
                assertThat(got.digest()).isEqualTo(blob);
                assertThat(got.header("Cache-Status")).isEqualTo(PASSED);
                Got head = proxy.client().head(proxy.url(REPO, "blobs/" + blob));
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.header("Content-Length")).isEqualTo("" + got.body().length);
            }
            assertThat(proxy.client().head(proxy.url(REPO, "manifests/latest")).status()).isEqualTo(200);
        }
        assertThat(proxy.metric("freshet_store_failures_total")).isPositive();
    }

    @Test
    @DisplayName("S-13: a range of what passes through is a range")
    void rangesPassThrough() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.breakDisk(true);

        Got first = proxy.blob(REPO, digest, "Range", "bytes=0-0");
        Got last = proxy.blob(REPO, digest, "Range", "bytes=-1");

        assertThat(first.status()).isEqualTo(206);
        assertThat(first.body()).containsExactly(BLOB[0]);
        assertThat(last.status()).isEqualTo(206);
        assertThat(last.body()).containsExactly(BLOB[BLOB.length - 1]);
    }

    @Test
    @DisplayName("S-13: what was stored before the disk broke is served again when it works again")
    void theDiskWorksAgain() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        assertThat(proxy.blob(REPO, digest).header("Cache-Status")).isEqualTo(MISS);
        proxy.awaitNoFills();

        proxy.breakDisk(true);
        Got broken = proxy.blob(REPO, digest);
        proxy.breakDisk(false);
        Got mended = proxy.blob(REPO, digest);

        assertThat(broken.digest()).isEqualTo(digest);
        assertThat(broken.header("Cache-Status")).isEqualTo(PASSED);
        assertThat(mended.header("Cache-Status")).isEqualTo(HIT);
        assertThat(mended.digest()).isEqualTo(digest);
    }

    @Test
    @DisplayName("A-09, S-13: with a catalog that cannot be read, stored content is served at the upstream's word only")
    void aBrokenCatalogGrantsNothingMore() {
        Digest secret = proxy.registry().blob("private/app", BLOB);
        Digest config = proxy.registry().blob("private/app", CONFIG);
        Digest manifest = proxy.registry().manifest("private/app", TYPE, manifest(config, secret));
        proxy.manifest("private/app", manifest.toString());
        proxy.blob("private/app", secret);
        proxy.awaitNoFills();

        proxy.catalog().failCalls(true);

        assertThat(proxy.blob("public/app", secret).status()).isEqualTo(404);
        assertThat(proxy.client().head(proxy.url("public/app", "blobs/" + secret)).status()).isEqualTo(404);
        assertThat(proxy.manifest("public/app", manifest.toString()).status()).isEqualTo(404);
        Got theirs = proxy.blob("private/app", secret);
        assertThat(theirs.digest()).isEqualTo(secret);
        assertThat(theirs.header("Cache-Status")).isEqualTo(HIT);
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(503));
        assertThat(proxy.blob("private/app", secret).status()).isEqualTo(503);
        proxy.catalog().failCalls(false);
        assertThat(proxy.blob("private/app", secret).digest()).isEqualTo(secret);
    }

    @Test
    @DisplayName("A-09, S-13: the rest of an earlier fill is served only by the upstream's word")
    void theRestOfAFillIsServedToNoRepositoryWithoutALink() {
        Digest secret = proxy.registry().blob("private/app", BLOB);
        proxy.store().keepPartials(1).failCommits(true);
        proxy.blob("private/app", secret);
        proxy.awaitNoFills();
        proxy.store().failCommits(false);

        Got stranger = proxy.blob("public/app", secret);

        assertThat(stranger.status()).isEqualTo(404);
        assertThat(stranger.body()).hasSizeLessThan(1000);
    }

    @Test
    @DisplayName("O-11: a broken disk does not fill the log")
    void aBrokenDiskDoesNotFillTheLog() {
        Digest digest = proxy.registry().blob(REPO, CONFIG);
        proxy.breakDisk(true);

        for (int i = 0; i < 100; i++) {
            assertThat(proxy.blob(REPO, digest).digest()).isEqualTo(digest);
        }
        proxy.pace().advance(Duration.ofSeconds(10));
        proxy.blob(REPO, digest);

        assertThat(proxy.log().stream().filter(line -> line.startsWith("WARN store"))).hasSizeBetween(2, 10)
                .anyMatch(line -> line.contains("similar ones before"));
    }
}

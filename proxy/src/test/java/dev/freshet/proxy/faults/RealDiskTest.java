package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.SmallDisk;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.proxy.Freshet;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** A proxy on a disk of its own, which others fill, which cannot be written to for a while, and which loses bytes. */
class RealDiskTest {

    private static final String HIT = "freshet; hit";
    private static final int LARGE = 8 * Bytes.MIB;
    private static final byte[] SMALL = Bytes.random(100_000);

    @Order(1)
    @RegisterExtension
    private final Mounted disk = new Mounted();

    @Order(2)
    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    private int made;

    /** A small disk that is there as long as the proxy. */
    private static final class Mounted implements BeforeEachCallback, AfterEachCallback {

        private SmallDisk disk = new SmallDisk(Path.of(""));

        @Override
        public void beforeEach(ExtensionContext context) throws Exception {
            disk = SmallDisk.mount(Files.createTempDirectory("freshet-disk-"), 96 * Bytes.MIB);
            Files.createDirectories(data());
        }

        @Override
        public void afterEach(ExtensionContext context) throws Exception {
            if (!disk.path().toString().isEmpty()) {
                disk.unmount();
                Files.delete(disk.path());
            }
        }

        Path data() {
            return disk.path().resolve("data");
        }
    }

    @BeforeEach
    void configure() {
        proxy.set("data", disk.data().toString()).set("cache.max-size", "256MiB");
    }

    private Digest push() {
        return proxy.registry().blob(REPO, BlobStoreKit.bytes(made++, LARGE));
    }

    /** Asserts that a client gets all of it, in any state of the disk. */
    private Got pull(Digest digest) {
        Got got = proxy.blob(digest);
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
        proxy.awaitNoFills();
        return got;
    }

    private String readiness(Freshet freshet) {
        return proxy.client().get("http://127.0.0.1:" + freshet.adminAddress().getPort() + "/readyz").text();
    }

    private void itStoresAgain(Freshet freshet) {
        proxy.await("the store is writable", () -> proxy.metric("freshet_store_writable") == 1);
        assertThat(readiness(freshet)).isEqualTo("ok\n");
        Digest fresh = push();
        pull(fresh);
        assertThat(pull(fresh).header("Cache-Status")).isEqualTo(HIT);
    }

    @Test
    @DisplayName("S-07, S-08: others fill the disk: every client has its bytes, hits go on, the store evicts, and goes on")
    void aFullDiskCostsOnlyWhatCannotBeStored() throws Exception {
        Freshet freshet = proxy.start();
        Digest small = proxy.registry().blob(REPO, SMALL);
        pull(small);
        List<Digest> stored = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            stored.add(push());
            pull(stored.getLast());
        }
        disk.disk.fillAllBut(Bytes.MIB);

        pull(push());
        assertThat(proxy.metric("freshet_evictions_total", "reason=\"disk-full\"")).isPositive();
        for (int i = 0; proxy.metric("freshet_store_writable") == 1; i++) {
            assertThat(i).as("pulls before the store gives up").isLessThan(100);
            disk.disk.fillAllBut(0);
            pull(push());
        }
        assertThat(readiness(freshet)).startsWith("degraded\nstore: not writable: ");
        disk.disk.fillAllBut(0);
        assertThat(pull(small).header("Cache-Status")).isEqualTo(HIT);
        stored.forEach(this::pull);
        pull(push());

        disk.disk.empty();

        itStoresAgain(freshet);
        assertThat(pull(small).header("Cache-Status")).isEqualTo(HIT);
    }

    @Test
    @DisplayName("S-13: the disk is read-only for a while: hits go on, all else passes through, and then it is stored again")
    void aReadOnlyDiskIsPassedBy() throws Exception {
        Freshet freshet = proxy.start();
        Digest stored = push();
        pull(stored);
        SmallDisk.beginReadOnly(disk.data());
        try {
            pull(push());
            proxy.await("the store is not writable", () -> proxy.metric("freshet_store_writable") == 0);
            assertThat(readiness(freshet)).startsWith("degraded\nstore: not writable: ");
            assertThat(pull(stored).header("Cache-Status")).isEqualTo(HIT);
            Digest passing = push();
            for (int i = 0; i < 2; i++) {
                assertThat(pull(passing).header("Cache-Status")).isEqualTo("freshet; fwd=uri-miss");
            }
        } finally {
            SmallDisk.endReadOnly(disk.data());
        }

        itStoresAgain(freshet);
        assertThat(pull(stored).header("Cache-Status")).isEqualTo(HIT);
    }

    @Test
    @DisplayName("S-10: bytes of a segment are flipped: no client gets them, the blob is fetched again, others are hits")
    void flippedBytesAreFetchedAgain() throws Exception {
        Digest hit = push();
        Digest spared = push();
        pull(hit);
        pull(spared);
        proxy.stop();
        flip(BlobStoreKit.bytes(0, LARGE));

        List<Got> tries = new ArrayList<>();
        for (Got got = proxy.blob(hit); tries.size() < 10; got = proxy.blob(hit)) {
            tries.add(got);
            proxy.awaitNoFills();
            if (got.status() == 200 && !got.cut()) {
                assertThat(got.digest()).isEqualTo(hit);
                break;
            }
        }

        assertThat(tries).hasSizeLessThan(10);
        assertThat(proxy.registry().traffic().storageGets()).hasSizeGreaterThan(2);
        proxy.await("the damaged blob is stored again", () -> HIT.equals(pull(hit).header("Cache-Status")));
        assertThat(pull(spared).header("Cache-Status")).isEqualTo(HIT);
    }

    /** Changes four bytes in the middle of this content, wherever it is on disk. */
    private void flip(byte[] content) throws IOException {
        int position = content.length / 2 + 100;
        ByteBuffer wanted = ByteBuffer.wrap(content, position, 16);
        try (Stream<Path> files = Files.list(disk.data().resolve("segments"))) {
            for (Path file : files.toList()) {
                ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
                for (int at = 0; at <= bytes.capacity() - 16; at++) {
                    if (bytes.slice(at, 16).equals(wanted)) {
                        overwrite(file, at);
                        return;
                    }
                }
            }
        }
        throw new AssertionError("the content is in no file");
    }

    private static void overwrite(Path file, int at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[]{1, 2, 3, 4}), at);
        }
    }
}

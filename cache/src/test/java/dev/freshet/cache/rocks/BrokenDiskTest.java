package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A disk that says "Input/output error": what is stored is read, nothing more is taken, and nothing is half there (S-13).
 */
class BrokenDiskTest {

    private static final int LARGE = 3 << 20;
    private static final int SMALL = 60_000;

    private @TempDir Path root = Path.of("");
    private final RecordingStoreListener listener = new RecordingStoreListener();
    private final List<Digest> committed = new ArrayList<>();
    private BrokenDisk disk = new BrokenDisk(new SmallDisk(root), root);
    private boolean mounted;
    private int made;

    @BeforeEach
    void mount() throws Exception {
        disk = BrokenDisk.mount(root);
        mounted = true;
        Files.createDirectories(directory());
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            disk.unmount();
        }
    }

    private Path directory() {
        return disk.path().resolve("store");
    }

    private RocksStorage open() throws Exception {
        return Stores.open(directory(), 256 << 20, listener);
    }

    private void fill(RocksStorage storage, int contents, int length) throws Exception {
        for (int i = 0; i < contents; i++) {
            committed.add(commit(storage.blobs(), bytes(made++, length)));
        }
    }

    @Test
    void whatIsStoredIsReadWhileNoSegmentCanBeWrittenAndNothingIsHalfThereLater() throws Exception {
        whatIsStoredIsReadWhileNothingCanBeWritten(LARGE);
    }

    /** It takes ten seconds until a log without syncs is too long. */
    @Test
    @EnabledIfSystemProperty(named = "freshet.damage.all", matches = "true")
    void whatIsStoredIsReadWhileNoTableCanBeWrittenAndNothingIsHalfThereLater() throws Exception {
        whatIsStoredIsReadWhileNothingCanBeWritten(SMALL);
    }

    private void whatIsStoredIsReadWhileNothingCanBeWritten(int length) throws Exception {
        try (RocksStorage storage = open()) {
            fill(storage, 4, LARGE);
            fill(storage, 10, SMALL);
            disk.fail();

            assertThatThrownBy(() -> fill(storage, 2_000, length)).isInstanceOf(StoreException.class);
            storage.housekeeping.tidy();

            assertThat(storage.blobs().space().writable()).isFalse();
            assertThat(listener.states()).hasSize(1).first().asString().startsWith("unwritable: ");
            assertThatThrownBy(() -> fill(storage, 1, LARGE)).isInstanceOf(StoreException.class)
                    .hasMessageContaining("free some space, or see to the disk: it goes on by itself");
            committed.removeAll(listener.evicted());
            for (Digest digest : committed) {
                assertThat(Digest.sha256(stored(storage.blobs(), digest))).isEqualTo(digest);
            }
        }
        disk.repair();

        try (RocksStorage storage = open()) {
            Audit audit = new Audit(storage, directory());
            audit.everythingAddsUp();
            audit.everyContentHashesRight();
            assertThat(committed).containsAll(audit.listed());
            fill(storage, 2, LARGE);
            fill(storage, 2, SMALL);
            audit.everythingAddsUp();
            audit.everyContentHashesRight();
        }
    }

    @Test
    void aStoreIsOpenedForReadingWhereNothingCanBeWritten() throws Exception {
        try (RocksStorage storage = open()) {
            fill(storage, 4, LARGE);
            fill(storage, 10, SMALL);
        }
        SmallDisk.run("sync", "--file-system", directory().toString());
        disk.fail();

        try (RocksStorage storage = open()) {
            assertThatThrownBy(() -> fill(storage, 2_000, LARGE)).isInstanceOf(StoreException.class);

            assertThat(storage.blobs().space().writable()).isFalse();
            for (Digest digest : committed) {
                assertThat(Digest.sha256(stored(storage.blobs(), digest))).isEqualTo(digest);
            }
        }
    }
}

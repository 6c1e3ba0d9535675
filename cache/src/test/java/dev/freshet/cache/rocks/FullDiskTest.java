package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.readAll;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A full disk costs what cannot be stored, and nothing else; when there is room again the store goes on (S-07, S-08). */
class FullDiskTest {

    private static final long DISK = 48L << 20;
    private static final long LIMIT = 256L << 20;
    private static final int LARGE = 3 << 20;
    private static final int SMALL = 60_000;

    private @TempDir Path root = Path.of("");
    private final RecordingStoreListener listener = new RecordingStoreListener();
    private SmallDisk disk = new SmallDisk(root);
    private final List<Digest> committed = new ArrayList<>();
    private int made;

    @BeforeEach
    void mount() throws Exception {
        disk = SmallDisk.mount(root, DISK);
        Files.createDirectories(directory());
    }

    @AfterEach
    void unmount() throws Exception {
        disk.unmount();
    }

    private Path directory() {
        return root.resolve("store");
    }

    private RocksStorage open() throws Exception {
        return Stores.open(directory(), LIMIT, listener);
    }

    private void fill(RocksStorage storage, int contents, int length) throws Exception {
        for (int i = 0; i < contents; i++) {
            committed.add(commit(storage.blobs(), bytes(made++, length)));
        }
    }

    /** What was committed and not evicted. */
    private Set<Digest> kept() {
        Set<Digest> kept = new HashSet<>(committed);
        kept.removeAll(listener.evicted());
        return kept;
    }

    private void allThatWasKeptIsReadRight(RocksStorage storage) throws Exception {
        for (Digest digest : kept()) {
            assertThat(Digest.sha256(stored(storage.blobs(), digest))).isEqualTo(digest);
        }
    }

    private void itIsAllThereAfterARestart() throws Exception {
        try (RocksStorage storage = open()) {
            Audit audit = new Audit(storage, directory());
            audit.everythingAddsUp();
            assertThat(audit.listed()).isEqualTo(kept());
            audit.everyContentHashesRight();
        }
    }

    /** S-07. */
    @Test
    void aStoreThatMayTakeMoreThanItsDiskEvictsAndGoesOn() throws Exception {
        try (RocksStorage storage = open()) {
            for (int i = 0; i < 30; i++) {
                fill(storage, 1, LARGE);
                fill(storage, 5, SMALL);
                storage.housekeeping.tidy();
            }

            assertThat(listener.evictions()).hasSizeGreaterThan(15)
                    .allMatch(eviction -> eviction.reason() == EvictionReason.DISK_FULL);
            assertThat(listener.states()).isEmpty();
            assertThat(storage.blobs().space().writable()).isTrue();
            allThatWasKeptIsReadRight(storage);
        }
        itIsAllThereAfterARestart();
    }

    /**
     * However much is left, and whichever write meets the end of it: a log, a table, a segment, the note that one was taken
     * in.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 9, 20, 40, 80, 120, 200, 300, 450, 600, 900, 1300, 2100, 2900, 4000})
    void aDiskThatOthersFillIsSurvivedAndTheStoreGoesOnByItself(int kibibytesLeft) throws Exception {
        try (RocksStorage storage = open()) {
            fill(storage, 3, LARGE);
            fill(storage, 20, SMALL);
            disk.fillAllBut(kibibytesLeft << 10);

            assertThatThrownBy(() -> writeAndTakeWhatIsFreed(storage, kibibytesLeft % 2 == 0 ? SMALL : LARGE))
                    .isInstanceOf(StoreException.class);
            disk.fillAllBut(0);
            allThatWasKeptIsReadRight(storage);
            for (int round = 0; round < 3; round++) {
                storage.housekeeping.tidy();
                disk.fillAllBut(0);
            }
            assertThat(storage.blobs().space().writable()).isFalse();
            assertThat(listener.states()).hasSize(1).first().asString().startsWith("unwritable: ");
            assertThatThrownBy(() -> fill(storage, 1, SMALL)).isInstanceOf(StoreException.class)
                    .hasMessageContaining("free some space, or see to the disk: it goes on by itself");
            allThatWasKeptIsReadRight(storage);

            disk.empty();
            storage.housekeeping.tidy();

            assertThat(storage.blobs().space().writable()).isTrue();
            assertThat(listener.states()).hasSize(2).last().isEqualTo("writable");
            fill(storage, 2, LARGE);
            fill(storage, 2, SMALL);
            new Audit(storage, directory()).everythingAddsUp();
            allThatWasKeptIsReadRight(storage);
        }
        itIsAllThereAfterARestart();
    }

    /** Another program takes at once what an eviction frees. */
    private void writeAndTakeWhatIsFreed(RocksStorage storage, int length) throws Exception {
        for (int i = 0; i < 200; i++) {
            fill(storage, 1, length);
            disk.fillAllBut(i % 2 << 12);
        }
    }

    /** S-07. */
    @Test
    void whatAFillHasTakenBeforeTheDiskIsFullIsReadRight() throws Exception {
        byte[] content = bytes(1, 20 << 20);
        try (RocksStorage storage = open();
                BlobWriter writer = storage.blobs().begin(Digest.sha256(content), OptionalLong.empty())) {
            disk.fillAllBut(5 << 20);

            assertThatThrownBy(() -> {
                writer.append(ByteBuffer.wrap(content));
                writer.commit().close();
            }).isInstanceOf(StoreException.class);

            assertThat(writer.length()).isGreaterThan(4 << 20);
            assertThat(readAll(writer, 0)).isEqualTo(Arrays.copyOf(content, (int) writer.length()));
            assertThat(storage.blobs().open(Digest.sha256(content))).isEmpty();
        }
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files that another program deletes while the store is in use. */
class VanishedFilesTest {

    private static final byte[] LARGE = bytes(1, 3_000_000);
    private static final byte[] OTHER = bytes(2, 3_000_000);

    private @TempDir Path root = Path.of("");
    private final RecordingStoreListener listener = new RecordingStoreListener();

    private Path directory() {
        return root.resolve("store");
    }

    private RocksStorage open() throws StoreException {
        return Stores.openFine(directory(), 256 << 20, listener);
    }

    @ParameterizedTest
    @ValueSource(strings = {"staging", "segments"})
    void aDirectoryThatHoldsNothingIsMadeAgain(String name) throws Exception {
        try (RocksStorage storage = open()) {
            Directories.delete(directory().resolve(name));

            storage.housekeeping.tidy();

            assertThat(stored(storage.blobs(), commit(storage.blobs(), LARGE))).isEqualTo(LARGE);
        }
        assertThat(listener.states()).isEmpty();
    }

    @Test
    void aWriterThatMissesADirectoryFailsAndTheNextDoesNot() throws Exception {
        try (RocksStorage storage = open()) {
            Directories.delete(directory().resolve("staging"));
            assertThatThrownBy(() -> commit(storage.blobs(), LARGE)).isInstanceOf(StoreException.class);

            storage.housekeeping.tidy();

            assertThat(stored(storage.blobs(), commit(storage.blobs(), LARGE))).isEqualTo(LARGE);
        }
    }

    @Test
    void aStoreThatIsDeletedUnderWayTakesNothingMoreAndSaysWhatToDo() throws Exception {
        try (RocksStorage storage = open()) {
            Digest stored = commit(storage.blobs(), LARGE);
            empty(directory());

            storage.housekeeping.tidy();
            storage.housekeeping.tidy();

            assertThat(storage.blobs().space().writable()).isFalse();
            assertThat(listener.states()).containsExactly("unwritable: look after store " + directory()
                    + " failed: LOCK, index, bulk of it went away while it was in use; put everything back as it was, or"
                    + " restart Freshet, which begins a new store there");
            assertThatThrownBy(() -> commit(storage.blobs(), OTHER)).isInstanceOf(StoreException.class);
            assertThat(stored(storage.blobs(), stored)).isEqualTo(LARGE);
            assertThat(directory()).isEmptyDirectory();
        }
        try (RocksStorage storage = open()) {
            assertThat(stored(storage.blobs(), commit(storage.blobs(), OTHER))).isEqualTo(OTHER);
        }
    }

    @Test
    void aStoreThatComesBackGoesOn() throws Exception {
        try (RocksStorage storage = open()) {
            Digest stored = commit(storage.blobs(), LARGE);
            Files.move(directory(), root.resolve("away"));
            storage.housekeeping.tidy();
            assertThat(storage.blobs().space().writable()).isFalse();
            Files.move(root.resolve("away"), directory());

            storage.housekeeping.tidy();

            assertThat(stored(storage.blobs(), stored)).isEqualTo(LARGE);
            assertThat(stored(storage.blobs(), commit(storage.blobs(), OTHER))).isEqualTo(OTHER);
            assertThat(listener.states()).hasSize(2).last().isEqualTo("writable");
        }
    }

    private static void empty(Path directory) throws Exception {
        try (Stream<Path> all = Files.list(directory)) {
            for (Path each : all.toList()) {
                if (Files.isDirectory(each)) {
                    Directories.delete(each);
                } else {
                    Files.delete(each);
                }
            }
        }
    }
}

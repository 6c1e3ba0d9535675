package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Directories that a store may take for its own, and those that it may not. */
class StoreDirectoryTest {

    private static final byte[] CONTENT = bytes(1, 3_000_000);

    private @TempDir Path directory = Path.of("");

    private RocksStorage look() throws StoreException {
        return RocksStorage.openForReading(new StorageOptions(directory, 64 << 20, 1L << 30),
                new RecordingStoreListener());
    }

    @Test
    void aDirectoryThatHoldsSomethingElseIsRefusedAndLeftAsItIs() throws Exception {
        Path staged = Files.createDirectories(directory.resolve("staging")).resolve("notes.txt");
        Files.writeString(staged, "important");

        assertThatThrownBy(() -> Stores.open(directory)).isInstanceOf(StoreException.class)
                .hasMessageEndingWith("failed: it holds other files and no store; choose another `data`");
        assertThat(staged).hasContent("important");
        assertThat(directory).isDirectoryNotContaining(file -> !file.endsWith("staging"));
    }

    @Test
    void theRootOfAFileSystemIsFree() throws Exception {
        Files.createDirectory(directory.resolve("lost+found"));

        try (RocksStorage storage = Stores.open(directory)) {
            Digest digest = commit(storage.blobs(), CONTENT);
            assertThat(stored(storage.blobs(), digest)).isEqualTo(CONTENT);
        }
    }

    @Test
    void aStoreThatHasLostItsFormatIsKept() throws Exception {
        Digest digest;
        try (RocksStorage storage = Stores.open(directory)) {
            digest = commit(storage.blobs(), CONTENT);
        }
        Files.delete(directory.resolve("FORMAT"));

        try (RocksStorage storage = Stores.open(directory)) {
            assertThat(stored(storage.blobs(), digest)).isEqualTo(CONTENT);
        }
    }

    @Test
    void anEmptyFormatIsRefusedWithWhatToDo() throws Exception {
        Files.createFile(directory.resolve("FORMAT"));

        assertThatThrownBy(() -> Stores.open(directory)).isInstanceOf(StoreException.class)
                .hasMessageContaining("its file FORMAT is empty; delete that file if");
    }

    @Test
    void whoeverOnlyLooksReadsEverythingAndChangesNothing() throws Exception {
        Digest digest;
        try (RocksStorage storage = Stores.open(directory)) {
            digest = commit(storage.blobs(), CONTENT);
        }

        try (RocksStorage storage = look()) {
            assertThat(stored(storage.blobs(), digest)).isEqualTo(CONTENT);
            assertThatThrownBy(() -> commit(storage.blobs(), bytes(2, 100))).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> storage.blobs().remove(digest)).isInstanceOf(StoreException.class);
        }
        try (RocksStorage storage = Stores.open(directory)) {
            assertThat(stored(storage.blobs(), digest)).isEqualTo(CONTENT);
        }
    }

    @Test
    void whoeverOnlyLooksFindsNoStoreWhereThereIsNone() {
        assertThatThrownBy(this::look).isInstanceOf(StoreException.class)
                .hasMessageEndingWith("failed: nothing was stored there yet; choose another `data`");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whoeverOnlyLooksIsKeptOutWhileTheStoreIsInUse() throws Exception {
        try (RocksStorage storage = Stores.open(directory)) {
            assertThatThrownBy(this::look).isInstanceOf(StoreException.class)
                    .hasMessageEndingWith("failed: another process uses it; stop it or choose another `data`");
            assertThat(storage.blobs().usage().objects()).isZero();
        }
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;

/** A store of more segments than a process may have files open (S-19, S-23). */
class ManySegmentsTest {

    private @TempDir(factory = InMemory.class) Path directory = Path.of("");

    @Test
    void descriptorsStayFewWhateverTheNumberOfSegments() throws Exception {
        try (RocksStorage storage = Stores.open(directory, 256 << 20, new RecordingStoreListener(),
                new RocksStorage.Geometry(4 << 10, 8 << 10))) {
            List<Digest> digests = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                digests.add(commit(storage.blobs(), bytes(i, 1_200_000)));
            }
            for (Digest digest : digests) {
                assertThat(Digest.sha256(stored(storage.blobs(), digest))).isEqualTo(digest);
            }

            assertThat(Directories.sizes(directory.resolve("segments"))).hasSizeGreaterThan(1_400);
            assertThat(openFiles()).isLessThan(1_050);
        }
    }

    /** Descriptors of files of the store. */
    private long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(this::isOfTheStore).count();
        }
    }

    private boolean isOfTheStore(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(directory);
        } catch (IOException e) {
            return false;
        }
    }
}

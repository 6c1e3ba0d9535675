package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** While the disk fails, what is stored is read and what is not is refused, and both are told; then it goes on (S-13). */
class FailingDiskTest {

    private static final int LARGE = 3 << 20;
    private static final int SMALL = 60_000;

    private @TempDir Path root = Path.of("");
    private final RecordingStoreListener listener = new RecordingStoreListener();
    private final List<Digest> committed = new ArrayList<>();
    private int made;

    /** Ways to fail. */
    enum Failure {

        /** No file can be made, changed or deleted by its name; those that are open can be written on. */
        READ_ONLY {

            @Override
            void begin(Path directory) throws Exception {
                SmallDisk.beginReadOnly(directory);
            }

            @Override
            void end(Path directory) throws Exception {
                SmallDisk.endReadOnly(directory);
            }
        },
        /** No file can grow, whether it is open or not. */
        NO_GROWTH {

            @Override
            void begin(Path directory) throws Exception {
                limitFiles("0");
            }

            @Override
            void end(Path directory) throws Exception {
                limitFiles("unlimited");
            }
        };

        abstract void begin(Path directory) throws Exception;

        abstract void end(Path directory) throws Exception;

        private static void limitFiles(String bytes) throws Exception {
            SmallDisk.run("prlimit", "--pid", Long.toString(ProcessHandle.current().pid()),
                    "--fsize=" + bytes + ":unlimited");
        }
    }

    private Path directory() {
        return root.resolve("store");
    }

    private RocksStorage open() throws Exception {
        return Stores.open(directory(), 256 << 20, listener);
    }

    private void fill(RocksStorage storage, int length) throws Exception {
        committed.add(commit(storage.blobs(), bytes(made++, length)));
    }

    private void allIsReadRight(RocksStorage storage) throws Exception {
        for (Digest digest : committed) {
            assertThat(Digest.sha256(stored(storage.blobs(), digest))).isEqualTo(digest);
        }
    }

    private void nothingIsTakenAndAllIsRead(RocksStorage storage) throws Exception {
        assertThat(storage.blobs().space().writable()).isFalse();
        assertThat(listener.states()).hasSize(1).first().asString().startsWith("unwritable: ");
        for (int length : new int[]{SMALL, LARGE}) {
            assertThatThrownBy(() -> fill(storage, length)).isInstanceOf(StoreException.class)
                    .hasMessageContaining("free some space, or see to the disk: it goes on by itself");
        }
        allIsReadRight(storage);
    }

    private void allIsWellAgain(RocksStorage storage) throws Exception {
        storage.housekeeping.tidy();
        assertThat(storage.blobs().space().writable()).isTrue();
        assertThat(listener.states()).hasSize(2).last().isEqualTo("writable");
        fill(storage, LARGE);
        fill(storage, SMALL);
        allIsReadRight(storage);
        new Audit(storage, directory()).everythingAddsUp();
    }

    private void allIsThereAfterARestart() throws Exception {
        try (RocksStorage storage = open()) {
            allIsReadRight(storage);
            new Audit(storage, directory()).everythingAddsUp();
        }
    }

    @BeforeEach
    void store() throws Exception {
        try (RocksStorage storage = open()) {
            for (int i = 0; i < 3; i++) {
                fill(storage, LARGE);
                fill(storage, SMALL);
            }
            leave(storage, bytes(1000, LARGE));
        }
    }

    private void leave(RocksStorage storage, byte[] content) throws StoreException {
        try (BlobWriter writer = storage.blobs().begin(Digest.sha256(content), OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(content, 0, content.length - 100));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileTheDiskFailsNothingIsTakenAndAllIsReadAndThenItGoesOn(Failure failure) throws Exception {
        try (RocksStorage storage = open()) {
            failure.begin(directory());
            try {
                assertThatThrownBy(() -> fill(storage, LARGE)).isInstanceOf(StoreException.class);

                nothingIsTakenAndAllIsRead(storage);
                storage.housekeeping.tidy();
                nothingIsTakenAndAllIsRead(storage);
            } finally {
                failure.end(directory());
            }
            allIsWellAgain(storage);
        }
        allIsThereAfterARestart();
    }

    @ParameterizedTest
    @EnumSource
    void aDatabaseThatCannotBeOpenedAgainIsStillRead(Failure failure) throws Exception {
        try (RocksStorage storage = open()) {
            failure.begin(directory());
            try {
                assertThatThrownBy(storage.bulk::reopen).isInstanceOf(StoreException.class);
                assertThatThrownBy(storage.index::reopen).isInstanceOf(StoreException.class);

                nothingIsTakenAndAllIsRead(storage);
            } finally {
                failure.end(directory());
            }
            allIsWellAgain(storage);
        }
        allIsThereAfterARestart();
    }

    @ParameterizedTest
    @EnumSource
    void aStoreIsOpenedOnADiskThatFailsAndGoesOnLater(Failure failure) throws Exception {
        failure.begin(directory());
        boolean failing = true;
        try (RocksStorage storage = open()) {
            assertThat(listener.states()).hasSize(1);
            nothingIsTakenAndAllIsRead(storage);

            failure.end(directory());
            failing = false;

            allIsWellAgain(storage);
        } finally {
            if (failing) {
                failure.end(directory());
            }
        }
        allIsThereAfterARestart();
    }
}

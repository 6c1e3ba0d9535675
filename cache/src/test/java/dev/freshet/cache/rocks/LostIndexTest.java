package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.readAll;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;

/** Also when the note of the numbers is lost, none is used for the bytes of two contents (S-11). */
class LostIndexTest {

    private static final int LARGE = 1_300_000;
    private static final int SMALL = 20_000;

    private @TempDir(factory = InMemory.class) Path root = Path.of("");

    private Path directory() {
        return root.resolve("store");
    }

    private RocksStorage open() throws StoreException {
        return Stores.openFine(directory(), 256 << 20, new RecordingStoreListener());
    }

    private static Map<Digest, byte[]> fill(BlobStore blobs, int seed) throws StoreException {
        Map<Digest, byte[]> contents = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            byte[] content = bytes(seed * 1000L + i, i % 2 == 0 ? LARGE : SMALL);
            contents.put(commit(blobs, content), content);
        }
        return contents;
    }

    /** What is there is right; returns how many are. */
    private static int right(BlobStore blobs, Map<Digest, byte[]> contents) {
        int right = 0;
        for (Map.Entry<Digest, byte[]> content : contents.entrySet()) {
            try {
                if (blobs.open(content.getKey()).map(blob -> {
                    blob.close();
                    return blob;
                }).isPresent()) {
                    assertThat(stored(blobs, content.getKey())).isEqualTo(content.getValue());
                    right++;
                }
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("is missing");
            }
        }
        return right;
    }

    @ParameterizedTest
    @ValueSource(strings = {"index", "bulk"})
    void whatIsStoredAfterOneDatabaseWasLostIsNeverMixedWithWhatIsLeftOfTheOther(String lost) throws Exception {
        Map<Digest, byte[]> before;
        long last;
        try (RocksStorage storage = open()) {
            before = fill(storage.blobs(), 1);
            last = storage.numbers.next();
        }
        Directories.delete(directory().resolve(lost));

        try (RocksStorage storage = open()) {
            Map<Digest, byte[]> after = fill(storage.blobs(), 2);

            assertThat(storage.numbers.first()).isGreaterThan(last - 1);
            assertThat(right(storage.blobs(), after)).isEqualTo(after.size());
            assertThat(right(storage.blobs(), before)).as("large contents need their segments and their records only")
                    .isEqualTo(lost.equals("index") ? 0 : 5);
        }
        try (RocksStorage storage = open()) {
            Audit audit = new Audit(storage, directory());
            audit.everythingAddsUp();
        }
    }

    @Test
    void anOlderIndexNamesNoBytesThatCameLater() throws Exception {
        Map<Digest, byte[]> contents = new HashMap<>();
        try (RocksStorage storage = open()) {
            contents.putAll(fill(storage.blobs(), 1));
        }
        copy(directory().resolve("index"), root.resolve("older"));
        try (RocksStorage storage = open()) {
            for (Digest digest : List.copyOf(contents.keySet())) {
                storage.blobs().remove(digest);
            }
            contents.putAll(fill(storage.blobs(), 2));
        }
        Directories.delete(directory().resolve("index"));
        copy(root.resolve("older"), directory().resolve("index"));

        try (RocksStorage storage = open()) {
            Stores.settle(storage);
            contents.putAll(fill(storage.blobs(), 3));

            assertThat(right(storage.blobs(), contents)).isGreaterThanOrEqualTo(10);
        }
    }

    /** The note of the next number is lost, and so are the bytes of what has the last one: its record is all there is. */
    @Test
    void aNumberThatOnlyARecordNamesIsNotGivenAgain() throws Exception {
        byte[] lost = bytes(1, SMALL);
        List<byte[]> others = new ArrayList<>();
        try (RocksStorage storage = open()) {
            Digest digest = commit(storage.blobs(), lost);
            CommitRecord record = storage.records.find(digest);
            assertThat(record).isNotNull();
            storage.bulk.write(() -> "test", batch -> batch
                    .deleteRange(Family.SMALL, Keys.number(0), Keys.number(Long.MAX_VALUE)));
            storage.index.write(() -> "test",
                    batch -> batch.delete(Family.NOTES, "next number".getBytes(StandardCharsets.US_ASCII)));
        }

        try (RocksStorage storage = open()) {
            for (int i = 0; i < 20; i++) {
                others.add(bytes(100 + i, SMALL));
                commit(storage.blobs(), others.getLast());
            }

            assertThat(right(storage.blobs(), Map.of(Digest.sha256(lost), lost))).isZero();
            for (byte[] other : others) {
                assertThat(stored(storage.blobs(), Digest.sha256(other))).isEqualTo(other);
            }
        }
    }

    @Test
    void whatNoRecordNamesAnyMoreIsFreedUnderReadersAndWriters() throws Exception {
        byte[] read = bytes(2000, LARGE);
        byte[] written = bytes(2001, LARGE);
        byte[] left = bytes(2002, LARGE);
        try (RocksStorage storage = open()) {
            BlobStore blobs = storage.blobs();
            Map<Digest, byte[]> lost = fill(blobs, 1);
            commit(blobs, read);
            try (BlobWriter writer = blobs.begin(Digest.sha256(left), OptionalLong.empty())) {
                writer.append(ByteBuffer.wrap(left, 0, LARGE - 1));
            }
            try (StoredBlob reader = blobs.open(Digest.sha256(read)).orElseThrow();
                    BlobWriter writer = blobs.begin(Digest.sha256(written), OptionalLong.empty())) {
                writer.append(ByteBuffer.wrap(written, 0, LARGE - 1));
                loseRecords(storage, lost.keySet());

                storage.scan.reconcile();

                writer.append(ByteBuffer.wrap(written, LARGE - 1, 1));
                writer.commit().close();
                assertThat(readAll(reader, 0)).isEqualTo(read);
            }
            Audit audit = new Audit(storage, directory());
            audit.everythingAddsUp();
            audit.everyContentHashesRight();
            assertThat(audit.listed()).containsExactlyInAnyOrder(Digest.sha256(read), Digest.sha256(written));
            assertThat(audit.unfinished()).containsOnlyKeys(Digest.sha256(left));
            assertThat(Stores.numbers(storage)).hasSize(3);
        }
    }

    private static void loseRecords(RocksStorage storage, Set<Digest> digests) throws StoreException {
        for (Digest digest : digests) {
            CommitRecord record = storage.records.find(digest);
            if (record != null) {
                storage.index.write(() -> "test", batch -> batch.delete(Family.BLOBS, Keys.digest(digest))
                        .delete(Family.OWNERS, Keys.number(record.number())));
            }
        }
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }
}

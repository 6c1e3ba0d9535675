package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.rocksdb.FlushOptions;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;

/**
 * A closed store with something in every kind of file, to be copied and damaged: every family has a table, or two that
 * overlap, and entries that are in the log only.
 *
 * @param directory where it is
 * @param contents what is stored in it, and a little that was removed
 * @param removed what was removed
 * @param lastNumber the last number that it has given
 */
record Damageable(Path directory, Map<Digest, byte[]> contents, Set<Digest> removed, long lastNumber) {

    static final long LIMIT = 256L << 20;

    private static final Repository REPOSITORY = new Repository(new RegistryHost("damage.test"), "app");
    private static final int GENERATIONS = 3;

    static Damageable make(Path directory) throws Exception {
        Map<Digest, byte[]> contents = new LinkedHashMap<>();
        List<Digest> removed = new ArrayList<>();
        long lastNumber;
        try (RocksStorage storage = Stores.openFine(directory, LIMIT, new RecordingStoreListener())) {
            List<Digest> made = new ArrayList<>();
            for (int generation = 0; generation < GENERATIONS; generation++) {
                for (int i = 0; i < 12; i++) {
                    byte[] content = bytes(generation * 100L + i, i < 2 ? 700_000 * (i + 1) : 20_000);
                    made.add(commit(storage.blobs(), content));
                    contents.put(made.getLast(), content);
                    storage.catalog().putTag(REPOSITORY, new Tag("t" + generation + "-" + i),
                            new TagEntry(made.getLast(), Instant.EPOCH));
                }
                storage.catalog().putParts(made.getLast(), Set.copyOf(made.subList(0, 3)));
                removed.add(made.remove(generation));
                storage.blobs().remove(removed.getLast());
                leave(storage.blobs(), bytes(generation * 100L + 99, 1_000_000));
                storage.housekeeping.saveOrder();
                if (generation < GENERATIONS - 1) {
                    flush(storage.index);
                    flush(storage.bulk);
                }
            }
            lastNumber = storage.numbers.next();
        }
        Files.createDirectories(directory.resolve("staging"));
        Files.write(directory.resolve("staging/7-1.sst"), bytes(1, 5_000));
        return new Damageable(directory, contents, Set.copyOf(removed), lastNumber);
    }

    private static void leave(BlobStore blobs, byte[] content) throws StoreException {
        try (BlobWriter writer = blobs.begin(Digest.sha256(content), OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(content));
        }
    }

    private static void flush(Database database) throws StoreException {
        database.change(() -> "test", open -> {
            try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
                open.db().flush(waiting, List.copyOf(open.families().values()));
            }
            return true;
        });
    }

    /** Its files, but logs for people; of the segments, which are all alike, a few. */
    List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> files = all.filter(Files::isRegularFile).map(directory::relativize)
                    .filter(file -> !file.getFileName().toString().startsWith("LOG")).sorted().toList();
            List<Path> segments = files.stream().filter(file -> file.startsWith("segments")).toList();
            return files.stream().filter(file -> !segments.contains(file) || segments.indexOf(file) % 6 == 0).toList();
        }
    }

    /** Makes another one that is the same, where there may be one already. */
    void copyTo(Path place) throws IOException {
        Directories.delete(place);
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.toList()) {
                Files.copy(each, place.resolve(directory.relativize(each).toString()));
            }
        }
    }

    boolean isLarge(Digest digest) {
        return contents.getOrDefault(digest, new byte[0]).length > 600_000;
    }
}

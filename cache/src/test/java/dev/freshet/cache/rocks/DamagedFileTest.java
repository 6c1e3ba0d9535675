package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.repair.CorruptionScan;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.cache.store.BlobStoreKit.readAll;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Whichever file of a store is damaged, and however: the store opens or says what to do, no reader gets a wrong byte, what
 * was
 * elsewhere is still there, what is lost is fetched again, and everything that comes is kept (S-10, S-11).
 * {@code -Dfreshet.damage.seed} says where in a file, {@code -Dfreshet.damage.all=true} tries every harm on every file.
 */
class DamagedFileTest {

    private static final long SEED = Long.getLong("freshet.damage.seed", 1);
    private static final boolean ALL = Boolean.getBoolean("freshet.damage.all");

    private static @TempDir(factory = InMemory.class) Path template = Path.of("");
    private static Damageable store = new Damageable(template, Map.of(), Set.of(), 0);

    private @TempDir(factory = InMemory.class) Path root = Path.of("");
    private final Random random = new Random(SEED);

    /**
     * Something to try.
     *
     * @param file which file
     * @param harm what is done to it
     */
    record Try(Path file, Harm harm) {

        /** Whether it is right that this is lost. */
        boolean mayLose(Set<Digest> lost) {
            String name = file.getFileName().toString();
            boolean listsFiles = name.startsWith("MANIFEST");
            boolean hasEntries = listsFiles || name.endsWith(".log") || name.endsWith(".sst");
            return switch (file.getName(0).toString()) {
                case "segments" -> lost.size() <= 1 && lost.stream().allMatch(store::isLarge);
                case "bulk" -> lost.isEmpty() || isAListCutShort()
                        || (hasEntries && lost.stream().noneMatch(store::isLarge));
                case "index" -> lost.isEmpty() || listsFiles || name.endsWith(".log");
                default -> lost.isEmpty();
            };
        }

        /** RocksDB cannot tell it from a shorter one, and deletes all that is not in it. */
        private boolean isAListCutShort() {
            return file.getFileName().toString().startsWith("MANIFEST") && harm == Harm.CUT;
        }
    }

    @BeforeAll
    static void makeStore() throws Exception {
        store = Damageable.make(template.resolve("store"));
    }

    /** Flipped bytes in every file, and something else, in turn, done to those that are no tables. */
    static List<Try> tries() throws Exception {
        List<Try> tries = new ArrayList<>();
        List<Harm> others = new ArrayList<>(List.of(Harm.CUT, Harm.EMPTIED, Harm.DELETED));
        for (Path file : store.files()) {
            tries.add(new Try(file, Harm.FLIPPED));
            int more = file.toString().endsWith(".sst") ? 0 : 1;
            others.stream().limit(ALL ? others.size() : more).forEach(harm -> tries.add(new Try(file, harm)));
            Collections.rotate(others, 1);
        }
        return tries;
    }

    private Path directory() {
        return root.resolve("store");
    }

    private RocksStorage open() throws Exception {
        return Stores.openFine(directory(), Damageable.LIMIT, new RecordingStoreListener());
    }

    @ParameterizedTest
    @MethodSource("tries")
    void whicheverFileIsDamagedNothingWrongIsReadAndAllCanBeKeptAgain(Try it) throws Exception {
        store.copyTo(directory());
        Path hit = directory().resolve(it.file);
        it.harm.to(hit, random);
        if (it.file.toString().equals("FORMAT") && Files.exists(hit) && !Files.readString(hit).strip().equals("2")) {
            assertThatThrownBy(this::open).isInstanceOf(StoreException.class)
                    .hasMessageFindingMatch("its format is \"|its file FORMAT is empty")
                    .hasMessageContaining("or choose another `data`");
            return;
        }

        try (RocksStorage storage = open()) {
            assertThat(storage.numbers.first()).as("the first number given")
                    .isGreaterThan(store.lastNumber() - 1);
            whatIsElsewhereIsStillThere(storage, it);
            allIsFetchedAndKept(storage);
        }
        allIsThereAfterARestart();
    }

    /** Of a table that is open only what is in it can be harmed; flipped and emptied in turn. */
    static List<Try> triesOnTables() throws Exception {
        List<Try> tries = new ArrayList<>();
        for (Path file : store.files().stream().filter(file -> file.toString().endsWith(".sst")).toList()) {
            boolean flip = tries.size() % 2 == 0;
            if (ALL || flip) {
                tries.add(new Try(file, Harm.FLIPPED));
            }
            if (ALL || !flip) {
                tries.add(new Try(file, Harm.EMPTIED));
            }
        }
        return tries;
    }

    @ParameterizedTest
    @MethodSource("triesOnTables")
    void whicheverTableIsDamagedWhileItIsOpenTheSameHolds(Try it) throws Exception {
        store.copyTo(directory());
        try (RocksStorage storage = open()) {
            Stores.settle(storage);
            Path hit = directory().resolve(it.file);
            if (Files.exists(hit)) {
                it.harm.to(hit, random);
            }
            whatIsElsewhereIsStillThere(storage, it);
            allIsFetchedAndKept(storage);
        }
        try (RocksStorage storage = open()) {
            Stores.settle(storage);
            allIsFetchedAndKept(storage);
        }
        allIsThereAfterARestart();
    }

    @Test
    void whatOnlyAMergeComesUponIsFoundAndTheStoreGoesOn() throws Exception {
        store.copyTo(directory());
        try (RocksStorage storage = open()) {
            Stores.settle(storage);
            Database bulk = storage.bulk;
            List<String> tables = new ArrayList<>();
            bulk.call(() -> "test", database -> database.tables(Family.SMALL)
                    .map(table -> tables.add(table.fileName())).toList());
            assertThat(tables).isNotEmpty();
            for (String table : tables) {
                Harm.EMPTIED.to(directory().resolve("bulk" + table), random);
            }
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> bulk.call(() -> "test", database -> {
                    database.db().compactRange(database.family(Family.SMALL));
                    return true;
                })).isInstanceOf(StoreException.class);
            }

            storage.housekeeping.tidy();
            assertThat(bulk.isDamaged()).isTrue();
            storage.housekeeping.tidy();

            assertThat(bulk.isDamaged()).isFalse();
            allIsFetchedAndKept(storage);
        }
        allIsThereAfterARestart();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bulk", "index"})
    void aRepairFindsDamageThatNobodyReads(String database) throws Exception {
        store.copyTo(directory());
        for (Path file : store.files()) {
            if (file.startsWith(database) && file.toString().endsWith(".sst")) {
                byte[] content = Files.readAllBytes(directory().resolve(file));
                content[content.length / 4] ^= 0x5a;
                Files.write(directory().resolve(file), content);
            }
        }

        RocksStorage.openForRepair(new StorageOptions(directory(), Stores.MEMORY, Damageable.LIMIT),
                new RecordingStoreListener(), Stores.FINE).close();

        try (RocksStorage storage = open()) {
            CorruptionScan.verify(storage.index);
            CorruptionScan.verify(storage.bulk);
            allIsFetchedAndKept(storage);
        }
        allIsThereAfterARestart();
    }

    private static void whatIsElsewhereIsStillThere(RocksStorage storage, Try it) throws Exception {
        survivors(storage);
        storage.housekeeping.tidy();

        Set<Digest> lost = new HashSet<>(store.contents().keySet());
        lost.removeAll(store.removed());
        lost.removeAll(survivors(storage));

        assertThat(it).as("what loses %s", lost).matches(each -> each.mayLose(lost));
    }

    /** What can be read now; nothing wrong can. */
    private static Set<Digest> survivors(RocksStorage storage) {
        Set<Digest> survivors = new HashSet<>();
        for (Map.Entry<Digest, byte[]> content : store.contents().entrySet()) {
            try {
                if (storage.blobs().touch(Set.of(content.getKey())).isEmpty()) {
                    // Damage that is found by now may have removed it.
                    Optional<StoredBlob> found = storage.blobs().open(content.getKey());
                    if (found.isPresent()) {
                        try (StoredBlob blob = found.get()) {
                            assertThat(readAll(blob, 0)).isEqualTo(content.getValue());
                        }
                        survivors.add(content.getKey());
                    }
                }
            } catch (StoreException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        return survivors;
    }

    private static void allIsFetchedAndKept(RocksStorage storage) throws Exception {
        fetchAll(storage);
        assertThatNothingElseIsDamaged(storage);
        fetchAll(storage);

        for (Map.Entry<Digest, byte[]> content : store.contents().entrySet()) {
            assertThat(stored(storage.blobs(), content.getKey())).isEqualTo(content.getValue());
        }
        assertThat(storage.blobs().space().writable()).isTrue();
    }

    private static void fetchAll(RocksStorage storage) throws Exception {
        for (int round = 0; round < 2; round++) {
            try (Front front = new Front(storage.blobs(), store.contents())) {
                for (Map.Entry<Digest, byte[]> content : store.contents().entrySet()) {
                    assertThat(front.get(content.getKey())).isEqualTo(content.getValue());
                }
            }
            storage.housekeeping.tidy();
        }
    }

    /** As a merge would, sooner or later. */
    private static void assertThatNothingElseIsDamaged(RocksStorage storage) throws Exception {
        for (Database database : List.of(storage.index, storage.bulk)) {
            try {
                CorruptionScan.verify(database);
            } catch (StoreException e) {
                assertThat(database.isDamaged()).isTrue();
                storage.housekeeping.tidy();
                CorruptionScan.verify(database);
            }
        }
    }

    private void allIsThereAfterARestart() throws Exception {
        try (RocksStorage storage = open()) {
            Audit audit = new Audit(storage, directory());
            audit.everythingAddsUp();
            audit.everyContentHashesRight();
            assertThat(audit.listed()).containsAll(store.contents().keySet());
        }
    }
}

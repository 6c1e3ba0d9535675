package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whichever segment of a left-over with gaps is damaged, and however: no reader gets a wrong byte of it, and one that reads
 * all of it
 * before a commit finds out, and the content becomes whole (S-10). {@code -Dfreshet.damage.seed} says where in a file.
 */
class DamagedLeftOverTest {

    private static final long SEED = Long.getLong("freshet.damage.seed", 1);
    private static final int SEGMENT = 256 << 10;
    private static final byte[] CONTENT = bytes(1, 9 * SEGMENT + 100);
    private static final Digest DIGEST = Digest.sha256(CONTENT);
    private static final List<ByteRange> LEFT = List.of(new ByteRange(0, SEGMENT),
            new ByteRange(2 * SEGMENT, 4 * SEGMENT),
            new ByteRange(7 * SEGMENT, CONTENT.length));

    private static @TempDir(factory = InMemory.class) Path template = Path.of("");

    private @TempDir(factory = InMemory.class) Path root = Path.of("");
    private final Random random = new Random(SEED);

    /**
     * Something to try.
     *
     * @param file which segment
     * @param harm what is done to it
     */
    record Try(Path file, Harm harm) {}

    @BeforeAll
    static void leaveSome() throws Exception {
        try (RocksStorage storage = open(template.resolve("store")); BlobWriter writer = begin(storage)) {
            for (ByteRange run : LEFT) {
                write(writer, run);
            }
            writer.keep();
        }
    }

    static List<Try> tries() throws Exception {
        List<Try> tries = new ArrayList<>();
        try (Stream<Path> files = Files.list(template.resolve("store/segments"))) {
            for (Path file : files.map(template::relativize).sorted().toList()) {
                Stream.of(Harm.values()).forEach(harm -> tries.add(new Try(file, harm)));
            }
        }
        return tries;
    }

    static List<Try> triesOnWhatIsOpen() throws Exception {
        return tries().stream().filter(each -> each.harm == Harm.FLIPPED).toList();
    }

    private static RocksStorage open(Path directory) throws StoreException {
        return Stores.openFine(directory, Stores.PLENTY, new RecordingStoreListener());
    }

    private static BlobWriter begin(RocksStorage storage) throws StoreException {
        return storage.blobs().beginSparse(DIGEST, OptionalLong.of(CONTENT.length));
    }

    private static void write(BlobWriter writer, ByteRange where) throws StoreException {
        writer.rangeWriter(where.from()).append(ByteBuffer.wrap(CONTENT, (int) where.from(), (int) where.length()));
    }

    private Path copy() throws Exception {
        try (Stream<Path> all = Files.walk(template)) {
            for (Path each : all.filter(path -> !path.equals(template)).toList()) {
                Files.copy(each, root.resolve(template.relativize(each).toString()));
            }
        }
        return root.resolve("store");
    }

    @ParameterizedTest
    @MethodSource("tries")
    void whatCanBeReadIsRightAndWhoReadsItBeforeACommitMakesItWhole(Try it) throws Exception {
        Path directory = copy();
        it.harm.to(root.resolve(it.file), random);

        try (RocksStorage storage = open(directory)) {
            fetch(storage);
        }

        isThereAlone(directory);
    }

    @ParameterizedTest
    @MethodSource("triesOnWhatIsOpen")
    void whatIsDamagedWhileTheStoreIsOpenIsNotReadEither(Try it) throws Exception {
        Path directory = copy();
        try (RocksStorage storage = open(directory)) {
            Stores.settle(storage);
            it.harm.to(root.resolve(it.file), random);

            fetch(storage);
        }

        whoAsksGetsIt(directory);
        isThereAlone(directory);
    }

    @ParameterizedTest
    @MethodSource("tries")
    void whoAsksForAllOfItGetsIt(Try it) throws Exception {
        Path directory = copy();
        it.harm.to(root.resolve(it.file), random);

        whoAsksGetsIt(directory);

        isThereAlone(directory);
    }

    private static void whoAsksGetsIt(Path directory) throws Exception {
        try (RocksStorage storage = open(directory);
                Front front = new Front(storage.blobs(), Map.of(DIGEST, CONTENT))) {
            assertThat(front.get(DIGEST)).isEqualTo(CONTENT);
            assertThat(front.get(DIGEST)).isEqualTo(CONTENT);
        }
    }

    /** As one does who hashes everything before it is committed. */
    private static void fetch(RocksStorage storage) throws StoreException {
        try (BlobWriter writer = begin(storage)) {
            assertThat(writer.present().list()).isIn(LEFT, List.of());
            if (canBeRead(writer)) {
                complete(writer);
                return;
            }
            writer.discard();
        }
        try (BlobWriter writer = storage.blobs().beginAnew(DIGEST, OptionalLong.of(CONTENT.length))) {
            complete(writer);
        }
    }

    private static void complete(BlobWriter writer) throws StoreException {
        for (ByteRange gap : writer.present().gaps(0, CONTENT.length)) {
            write(writer, gap);
        }
        assertThat(canBeRead(writer)).isTrue();
        writer.commit().close();
    }

    /** Whether all can be read that is said to be present; it is an error when something is read that is wrong. */
    private static boolean canBeRead(BlobWriter writer) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(SEGMENT);
        ByteRanges present = writer.present();
        for (ByteRange run : present.list()) {
            for (long at = run.from(); at < run.to(); at += buffer.limit()) {
                try {
                    assertThat(writer.read(at, buffer.clear())).isPositive();
                } catch (StoreException e) {
                    assertThat(e.getMessage()).contains(DIGEST.toString());
                    return false;
                }
                assertThat(buffer.flip()).isEqualTo(ByteBuffer.wrap(CONTENT, (int) at, buffer.limit()));
            }
        }
        return true;
    }

    private static void isThereAlone(Path directory) throws Exception {
        try (RocksStorage storage = open(directory)) {
            Audit audit = new Audit(storage, directory);
            audit.everythingAddsUp();
            assertThat(audit.listed()).isEqualTo(Set.of(DIGEST));
            assertThat(stored(storage.blobs(), DIGEST)).isEqualTo(CONTENT);
            assertThat(Stores.numbers(storage)).hasSize(1);
        }
    }
}

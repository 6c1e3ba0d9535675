package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.PartialBlob;
import dev.freshet.cache.rocks.catalog.Uncommitted;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.RangeWriter;
import dev.freshet.cache.store.StoredBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Content comes in stretches of random places and lengths, by several threads at once, until it is whole; in between its
 * writer ends, or its store does, orderly or as by a kill. {@code -Dfreshet.sparse.seed} repeats the choices of a run.
 */
class SparseModelTest {

    private static final long SEED = Long.getLong("freshet.sparse.seed", new Random().nextInt(1 << 30));
    private static final int CONTENTS = 8;
    private static final int THREADS = 3;
    private static final int CHUNK = 64 << 10;

    private @TempDir(factory = InMemory.class) Path root = Path.of("");
    private final Random random = new Random(SEED);
    private final String repeat = "repeat with -Dfreshet.sparse.seed=" + SEED;
    private int images;

    @Test
    void whateverHappensInBetweenItBecomesWhole() throws Exception {
        Path directory = root.resolve("store-0");
        RocksStorage storage = open(directory);
        for (int i = 0; i < CONTENTS; i++) {
            byte[] content = bytes(SEED + i, (1 << 20) + random.nextInt(4 << 20));
            ByteRanges mustBeThere = new ByteRanges();
            while (storage.blobs().open(Digest.sha256(content)).map(this::closed).isEmpty()) {
                mustBeThere = work(storage, content, mustBeThere);
                Stores.awaitRest(storage);
                if (random.nextBoolean()) {
                    Path next = root.resolve("store-" + ++images);
                    settle(storage);
                    copy(directory, next);
                    storage.close();
                    directory = random.nextBoolean() ? directory : next;
                    storage = open(directory);
                }
                new Audit(storage, directory).everythingAddsUp();
            }
            assertThat(stored(storage.blobs(), Digest.sha256(content))).as(repeat).isEqualTo(content);
        }
        storage.close();
    }

    private boolean closed(StoredBlob blob) {
        blob.close();
        return true;
    }

    private static RocksStorage open(Path directory) throws Exception {
        return Stores.openFine(directory, Stores.PLENTY, new RecordingStoreListener());
    }

    /** Waits until nothing is on its way to disk, and nothing put off: the files are what a kill would leave now. */
    private static void settle(RocksStorage storage) throws Exception {
        while (storage.segmentWriter.onTheirWay().get() > 0) {
            Thread.onSpinWait();
        }
        Stores.settle(storage);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    /** Some stretches by one writer; returns what must be there for the next. */
    private ByteRanges work(RocksStorage storage, byte[] content, ByteRanges mustBeThere) throws Exception {
        Digest digest = Digest.sha256(content);
        OptionalLong length = random.nextInt(4) == 0 ? OptionalLong.empty() : OptionalLong.of(content.length);
        try (BlobWriter writer = random.nextBoolean()
                ? storage.blobs().begin(digest, length)
                : storage.blobs().beginSparse(digest, length)) {
            for (ByteRange run : mustBeThere.list()) {
                assertThat(writer.present().containsAll(run.from(), run.to())).as("%s, %s", run, repeat).isTrue();
            }
            List<ByteRange> stretches = choose(writer.present(), content.length, random.nextInt(30));
            write(writer, content, stretches);
            requireRight(writer, content);
            if (writer.present().isAll(content.length)) {
                writer.commit().close();
                return new ByteRanges();
            }
            if (random.nextBoolean()) {
                writer.keep();
                return whole(writer.present());
            }
            if (random.nextInt(8) == 0) {
                writer.discard();
                return new ByteRanges();
            }
            settle(storage);
            return noted(storage);
        }
    }

    /** Stretches that are missing, none in another's way. */
    private List<ByteRange> choose(ByteRanges present, long length, int most) {
        ByteRanges taken = present.copy();
        List<ByteRange> chosen = new ArrayList<>();
        for (int i = 0; i < most && !taken.isAll(length); i++) {
            List<ByteRange> gaps = taken.gaps(0, length);
            ByteRange gap = gaps.get(random.nextInt(gaps.size()));
            long chunks = (gap.length() + CHUNK - 1) / CHUNK;
            long from = gap.from() + random.nextInt((int) chunks) * (long) CHUNK;
            long to = Math.min(gap.to(), from + (1 + random.nextInt(6)) * (long) CHUNK);
            taken.add(from, to);
            chosen.add(new ByteRange(from, to));
        }
        return chosen;
    }

    private void write(BlobWriter writer, byte[] content, List<ByteRange> stretches) throws Exception {
        List<Future<Boolean>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (ByteRange stretch : stretches) {
                boolean cut = random.nextInt(6) == 0;
                int piece = 1 + random.nextInt(200_000);
                ends.add(threads.submit(() -> {
                    RangeWriter rangeWriter = writer.rangeWriter(stretch.from());
                    long to = cut ? (stretch.from() + stretch.to()) / 2 : stretch.to();
                    while (rangeWriter.position() < to) {
                        int at = (int) rangeWriter.position();
                        rangeWriter.append(ByteBuffer.wrap(content, at, (int) Math.min(piece, to - at)));
                    }
                    return true;
                }));
            }
            for (Future<Boolean> end : ends) {
                assertThat(end.get()).isTrue();
            }
        }
    }

    private void requireRight(BlobWriter writer, byte[] content) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(300_000);
        for (ByteRange run : writer.present().list()) {
            for (long at = run.from(); at < run.to();) {
                int count = writer.read(at, buffer.clear());
                assertThat(buffer.flip()).as("%d, %s", at, repeat).isEqualTo(ByteBuffer.wrap(content, (int) at, count));
                at += count;
            }
        }
    }

    /** The whole chunks. */
    private static ByteRanges whole(ByteRanges present) {
        ByteRanges whole = new ByteRanges();
        for (ByteRange run : present.list()) {
            long to = run.to() / CHUNK * CHUNK;
            whole.add(run.from(), Math.max(run.from(), to));
        }
        return whole;
    }

    private static ByteRanges noted(RocksStorage storage) throws Exception {
        ByteRanges noted = new ByteRanges();
        storage.index.scan(() -> "test", Family.LOOSE, Keys.FIRST, (key, value) -> {
            if (Uncommitted.decode(value) instanceof PartialBlob partial) {
                partial.present().list().forEach(run -> noted.add(run.from(), run.to()));
            }
            return true;
        });
        return noted;
    }
}

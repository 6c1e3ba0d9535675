package dev.freshet.cache.fill;

import dev.freshet.cache.fill.RingBuffer.Bounds;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.InMemoryBlobStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fills over a store that fails at random and keeps left-overs at random, some of them wrong or damaged, from an origin
 * that breaks off at random, for readers at random speeds. The seed is random and in every failure's message; {@code
 * -Dfreshet.seed=} repeats the rounds of one, up to the scheduling of threads.
 */
class RandomStoreFaultsTest {

    private static final int ROUNDS = 150;
    private static final Bounds BOUNDS = new Bounds(Bounds.LEAST_WINDOW, Duration.ofMinutes(5));

    /** An origin that has the content, and breaks off now and then. */
    private static final class Serving implements BlobOrigin {

        private final byte[] content;
        private final boolean statesLength;
        private final boolean breaks;
        private final long seed;

        Serving(byte[] content, boolean statesLength, boolean breaks, long seed) {
            this.content = content;
            this.statesLength = statesLength;
            this.breaks = breaks;
            this.seed = seed;
        }

        @Override
        public Repository repository() {
            return ScriptedOrigin.REPOSITORY;
        }

        @Override
        public Transfer open(ByteRange wanted) {
            long from = wanted.from();
            Random random = new Random(seed + from);
            int start = (int) Math.min(from, content.length);
            ByteBuffer rest = ByteBuffer.wrap(content, start, content.length - start);
            long breaksAt = breaks ? start + random.nextInt(content.length - start + 1) : Long.MAX_VALUE;
            return new Transfer() {

                @Override
                public OptionalLong length() {
                    return statesLength ? OptionalLong.of(content.length) : OptionalLong.empty();
                }

                @Override
                public OptionalLong end() {
                    return length();
                }

                @Override
                public boolean isWhole() {
                    return false;
                }

                @Override
                public int read(ByteBuffer destination) throws OriginException {
                    if (rest.position() >= breaksAt) {
                        throw new OriginException(FailureReason.UNREACHABLE, "reset at " + rest.position(), null);
                    }
                    int most = Math.min(Math.min(rest.remaining(), destination.remaining()),
                            1 + random.nextInt(150_000));
                    destination.put(rest.slice(rest.position(), most));
                    rest.position(rest.position() + most);
                    return most == 0 ? -1 : most;
                }

                @Override
                public void close() {}
            };
        }
    }

    @Test
    void aReaderThatReadsToTheEndHasTheRightBytesAndItHealsInTheEnd() throws Exception {
        long seed = Long.getLong("freshet.seed", new Random().nextLong());
        Random random = new Random(seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                playRound(random, threads, "freshet.seed=" + seed + ", round " + round);
            }
        }
    }

    private static void playRound(Random random, ExecutorService threads, String where) throws Exception {
        byte[] content = BlobStoreKit.bytes(random.nextLong(),
                1 + random.nextInt(random.nextBoolean() ? 1000 : 900_000));
        Digest digest = Digest.sha256(content);
        InMemoryBlobStore store = new InMemoryBlobStore().keepPartials(random.nextBoolean() ? 1 : 65_536);
        leave(random, store, digest, content);
        RecordingListener listener = new RecordingListener();
        try (ContentCache cache = new ContentCache(store, threads, Runnable::run, BOUNDS, listener)) {
            for (int fill = 0; fill < 4; fill++) {
                fault(random, store, content.length);
                Serving origin = new Serving(content, random.nextBoolean(), random.nextInt(3) == 0, random.nextLong());
                read(random, threads, cache, origin, digest, where);
            }
            store.failBegins(false).failCommits(false).failAppendsAfter(Long.MAX_VALUE);
            for (int fill = 0; fill < 3; fill++) {
                read(random, threads, cache, new Serving(content, true, false, 0), digest, where);
            }
        }

        assertThat(BlobStoreKit.stored(store, digest)).as(where).isEqualTo(content);
        assertThat(store.openBlobs()).as(where).isZero();
        awaitNoWriter(store);
    }

    private static void leave(Random random, InMemoryBlobStore store, Digest digest, byte[] content) throws Exception {
        byte[] left = content.clone();
        if (random.nextInt(4) == 0) {
            left[random.nextInt(left.length)]++;
        }
        int length = random.nextInt(left.length + 1);
        try (BlobWriter writer = store.begin(digest, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(left, 0, length));
        }
        try (BlobWriter found = store.begin(digest, OptionalLong.empty())) {
            length = (int) found.length();
        }
        if (length > 0 && random.nextInt(4) == 0) {
            store.damage(digest, random.nextInt(length));
        }
    }

    private static void fault(Random random, InMemoryBlobStore store, int length) {
        store.failBegins(random.nextInt(5) == 0).failCommits(random.nextInt(5) == 0)
                .failAppendsAfter(random.nextBoolean() ? random.nextInt(length + 1) : Long.MAX_VALUE);
    }

    private static void read(Random random, ExecutorService threads, ContentCache cache, Serving origin,
            Digest digest, String where) throws Exception {
        OptionalLong expected = random.nextBoolean()
                ? OptionalLong.of(origin.content.length)
                : OptionalLong.empty();
        List<Future<byte[]>> readers = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(6); i++) {
            Content content = Reading.content(cache.open(digest, expected, origin));
            int pieces = 1 + random.nextInt(100_000);
            long leavesAt = random.nextInt(4) == 0 ? random.nextInt(500_000) : Long.MAX_VALUE;
            readers.add(threads.submit(() -> readAs(content, pieces, leavesAt)));
        }
        for (Future<byte[]> reader : readers) {
            byte[] whole = reader.get(1, TimeUnit.MINUTES);
            assertThat(whole.length == 0 || Digest.sha256(whole).equals(digest)).as(where).isTrue();
        }
        while (cache.fills() > 0) {
            Thread.onSpinWait();
        }
    }

    /** All of it; nothing when it was cut off, or left before its end. */
    private static byte[] readAs(Content content, int pieces, long leavesAt) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(pieces);
        try (content) {
            while (all.size() < leavesAt) {
                int count = content.read(all.size(), buffer.clear());
                if (count < 0) {
                    return all.toByteArray();
                }
                if (count == 0) {
                    Reading.awaitReadable(content, all.size());
                }
                all.write(buffer.array(), 0, count);
            }
        } catch (ContentException e) {
            return new byte[0];
        }
        return new byte[0];
    }

    private static void awaitNoWriter(InMemoryBlobStore store) {
        while (store.openWriters() > 0) {
            Thread.onSpinWait();
        }
    }
}

package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.InMemoryBlobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
 * Readers of parts and of the whole in any order, over origins and a store that fail now and then: a reader that reads to its
 * end has the right bytes, and in the end the blob is stored. {@code freshet.seed} repeats a run.
 */
class RandomByteRangesTest {

    private static final int ROUNDS = 150;
    private static final int ALIGNMENT = 512;

    private long seed;
    private int round;

    @Test
    void aReaderThatReadsToItsEndHasTheRightBytes() throws Exception {
        seed = Long.getLong("freshet.seed", new Random().nextLong());
        Random random = new Random(seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (round = 0; round < ROUNDS; round++) {
                playRound(random, threads);
            }
        }
    }

    private void playRound(Random random, ExecutorService threads) throws Exception {
        byte[] content = BlobStoreKit.bytes(random.nextLong(),
                1 + random.nextInt(random.nextBoolean() ? 3000 : 200_000));
        Digest digest = Digest.sha256(content);
        InMemoryBlobStore store = new InMemoryBlobStore().keepPartials(ALIGNMENT);
        Fetching fetching = new Fetching(1 + random.nextInt(4), (long) ALIGNMENT * (1 + random.nextInt(8)),
                random.nextBoolean() ? Long.MAX_VALUE : 0, Long.MAX_VALUE, Duration.ZERO, Duration.ofSeconds(10),
                Duration.ofDays(1), System::nanoTime);
        RecordingListener listener = new RecordingListener();
        try (ContentCache cache = new ContentCache(store, threads, threads, Runnable::run, fetching, listener)) {
            for (int wave = 0; wave < 4; wave++) {
                store.failBegins(random.nextInt(8) == 0).failCommits(random.nextInt(8) == 0)
                        .failAppendsAfter(random.nextInt(3) == 0 ? random.nextInt(content.length + 1) : Long.MAX_VALUE);
                play(random, threads, cache, digest, content, origin(random, content));
            }
            store.failBegins(false).failCommits(false).failAppendsAfter(Long.MAX_VALUE);
            for (int wave = 0; wave < 2; wave++) {
                OpenedContent all = Reading
                        .content(cache.open(digest, OptionalLong.empty(), new RangedOrigin(content, 3000)));
                try (all) {
                    assertThat(Reading.toEnd(all)).as(where()).isEqualTo(content);
                }
                settle(cache, store);
            }
        }
        assertThat(BlobStoreKit.stored(store, digest)).as(where()).isEqualTo(content);
        assertThat(store.openBlobs()).as(where()).isZero();
    }

    private static RangedOrigin origin(Random random, byte[] content) {
        RangedOrigin origin = new RangedOrigin(content, 1 + random.nextInt(4000));
        if (random.nextInt(4) == 0) {
            origin.statingNoLength();
        }
        if (random.nextInt(4) == 0) {
            origin.ignoringRanges();
        }
        if (random.nextInt(3) == 0) {
            int breaksAt = random.nextInt(content.length);
            origin.with((wanted, position) -> {
                if (position >= breaksAt && position < breaksAt + 5000) {
                    throw new OriginException(FailureReason.UNREACHABLE, "reset at " + position, null);
                }
            });
        }
        return origin;
    }

    private void play(Random random, ExecutorService threads, ContentCache cache, Digest digest, byte[] content,
            RangedOrigin origin) throws Exception {
        OptionalLong expected = random.nextBoolean() ? OptionalLong.of(content.length) : OptionalLong.empty();
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(8); i++) {
            boolean isWhole = random.nextInt(4) == 0;
            long from = isWhole ? 0 : random.nextInt(content.length);
            long to = isWhole ? content.length : from + 1 + random.nextInt(content.length - (int) from);
            long leaves = random.nextInt(4) == 0 ? from + random.nextInt((int) (to - from)) : to;
            readers.add(threads.submit(() -> {
                try (OpenedContent reader = Reading.content(cache.open(digest, expected, isWhole, origin))) {
                    reader.awaitLength(Duration.ofMinutes(1));
                    reader.want(List.of(new ByteRange(from, to)));
                    reader.awaitAnswer();
                    byte[] body = ByteRangesKit.read(reader, from, leaves);
                    assertThat(body.length).as(where()).isEqualTo((int) (leaves - from));
                    assertThat(body).as(where()).isEqualTo(Arrays.copyOfRange(content, (int) from, (int) leaves));
                } catch (ContentException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
                return null;
            }));
        }
        for (Future<?> reader : readers) {
            assertThat(reader).as(where()).succeedsWithin(1, TimeUnit.MINUTES);
        }
        while (cache.fills() > 0) {
            Thread.onSpinWait();
        }
        assertThat(origin.openNow()).as(where()).isZero();
    }

    private static void settle(ContentCache cache, InMemoryBlobStore store) {
        while (cache.fills() > 0 || store.openWriters() > 0) {
            Thread.onSpinWait();
        }
    }

    private String where() {
        return "freshet.seed=" + seed + ", round " + round;
    }
}

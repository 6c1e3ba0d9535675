package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Hashes of runs of bytes, with threads beside and without. */
class HashingTest {

    private static final byte[] CONTENT = BlobStoreKit.bytes(4, 12_000_003);

    private final Hashing.Threads threads = new Hashing.Threads(2);

    @AfterEach
    void endThreads() {
        threads.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8})
    void bytesAreHashedInTheirOrderWhateverTheCores(int cores) throws Exception {
        try (Hashing.Threads some = new Hashing.Threads(cores)) {
            Digest digest = hash(some, Hashing.BUFFER_BYTES);

            assertThat(digest).isEqualTo(Digest.sha256(CONTENT));
        }
    }

    @Test
    void buffersThatAreNotFullMayComeBetweenFullOnes() throws Exception {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        Hashing hashing = new Hashing(Digest.Algorithm.SHA256, threads);
        for (int at = 0; at < CONTENT.length;) {
            int most = random.nextBoolean() ? Hashing.BUFFER_BYTES : random.nextInt(1, Hashing.BUFFER_BYTES);
            at += add(hashing, at, most);
        }

        Digest digest = hashing.end();

        assertThat(digest).isEqualTo(Digest.sha256(CONTENT));
    }

    @Test
    void whoFindsNoThreadFreeHashesForItself() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        assertThat(threads.tryRun(() -> await(end))).isTrue();

        Digest digest = hash(threads, Hashing.BUFFER_BYTES);
        boolean wasBusy = !threads.tryRun(() -> {});
        end.countDown();

        assertThat(digest).isEqualTo(Digest.sha256(CONTENT));
        assertThat(wasBusy).isTrue();
    }

    @Test
    void afterTheEndOfTheThreadsEachHashesForItself() throws Exception {
        threads.close();

        Digest digest = hash(threads, Hashing.BUFFER_BYTES);

        assertThat(digest).isEqualTo(Digest.sha256(CONTENT));
        assertThat(threads.tryRun(() -> {})).isFalse();
    }

    private static Digest hash(Hashing.Threads threads, int piece) throws InterruptedException {
        Hashing hashing = new Hashing(Digest.Algorithm.SHA256, threads);
        for (int at = 0; at < CONTENT.length;) {
            at += add(hashing, at, piece);
        }
        return hashing.end();
    }

    private static int add(Hashing hashing, int at, int most) throws InterruptedException {
        ByteBuffer buffer = hashing.next();
        int count = Math.min(most, CONTENT.length - at);
        hashing.add(buffer.put(CONTENT, at, count).flip());
        return count;
    }

    private static void await(CountDownLatch end) {
        try {
            assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.InMemoryBlobStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/** A cache whose fills may have four connections, each for 64 KiB at a time, of a blob that has 64 such tasks. */
abstract class ByteRangesKit {

    static final int ALIGNMENT = 4096;
    static final int TASK_BYTES = 16 * ALIGNMENT;
    static final int LENGTH = 64 * TASK_BYTES - 1234;
    static final Duration MINUTE = Duration.ofMinutes(1);
    static final byte[] CONTENT = BlobStoreKit.bytes(11, LENGTH);
    static final Digest DIGEST = Digest.sha256(CONTENT);

    private static final ThreadLocal<Boolean> HELPER = ThreadLocal.withInitial(() -> false);

    final InMemoryBlobStore store = new InMemoryBlobStore().keepPartials(ALIGNMENT);
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    final RecordingListener listener = new RecordingListener();
    final AtomicLong nanos = new AtomicLong();
    final ContentCache cache = new ContentCache(store, threads, this::help, Runnable::run,
            new Fetching(4, TASK_BYTES, Long.MAX_VALUE, Long.MAX_VALUE, linger(), Duration.ofSeconds(10),
                    Duration.ofDays(1), nanos::get),
            listener);
    final RangedOrigin origin = new RangedOrigin(CONTENT, 1500);

    /** Whether this thread is a further connection of a fill. */
    static boolean isHelper() {
        return HELPER.get();
    }

    private void help(Runnable helper) {
        threads.execute(() -> {
            HELPER.set(true);
            helper.run();
        });
    }

    /** How long a fill waits for a reader to want more. */
    Duration linger() {
        return Duration.ZERO;
    }

    @AfterEach
    void nothingIsLeftOpen() throws InterruptedException {
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).as("threads ended").isTrue();
        assertThat(cache.fills()).as("fills left").isZero();
        cache.close();
        assertThat(store.openWriters()).as("writers left open").isZero();
        assertThat(store.openBlobs()).as("blobs left open").isZero();
        assertThat(origin.openNow()).as("transfers left open").isZero();
    }

    OpenedContent whole() {
        return Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH), origin));
    }

    /** A reader of some bytes, which has said so. */
    OpenedContent part(long from, long to) throws ContentException, InterruptedException {
        return part(OptionalLong.of(LENGTH), from, to);
    }

    OpenedContent part(OptionalLong expected, long from, long to) throws ContentException, InterruptedException {
        OpenedContent content = Reading.content(cache.open(DIGEST, expected, false, origin));
        assertThat(content.awaitLength(MINUTE)).hasValue(LENGTH);
        content.want(List.of(new ByteRange(from, to)));
        return content;
    }

    /** Reads some bytes and leaves. */
    byte[] read(long from, long to) throws ContentException, InterruptedException {
        try (OpenedContent content = part(from, to)) {
            return read(content, from, to);
        }
    }

    static byte[] read(Content content, long from, long to) throws ContentException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        for (long at = from; at < to;) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
            int count = content.read(at, buffer);
            if (count < 0) {
                break;
            }
            if (count == 0) {
                Reading.awaitReadable(content, at);
            }
            all.write(buffer.array(), 0, count);
            at += count;
        }
        return all.toByteArray();
    }

    static byte[] content(long from, long to) {
        return Arrays.copyOfRange(CONTENT, (int) from, (int) Math.min(LENGTH, to));
    }

    void awaitEnded() {
        while (cache.fills() > 0 || store.openWriters() > 0) {
            Thread.onSpinWait();
        }
    }
}

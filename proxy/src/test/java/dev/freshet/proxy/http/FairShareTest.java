package dev.freshet.proxy.http;

import dev.freshet.cache.store.BlobStoreKit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Turns on the only I/O thread there is. The client of a large body has always taken what was sent before more of it is
 * read, so nothing but fairness makes the body's sender leave the thread to others before its end.
 */
class FairShareTest extends DataPortKit {

    private static final byte[] BIG = BlobStoreKit.bytes(10, 16 << 20);
    private static final int PIECE = 16 * 1024;

    private final Semaphore taken = new Semaphore(0);
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Pieces are so small that a socket whose client is up to date takes each at once. */
    FairShareTest() {
        super(1, PIECE);
    }

    @Test
    void aRequestBesideAFastReaderIsAnsweredBeforeTheReaderHasAll() throws Exception {
        String path = storedBlob();
        try (RawClient fast = client(); RawClient other = client()) {
            other.get("/v2/").answer();
            log.await(1);
            store.beforeReads(position -> {
                awaitPieceBefore(position);
                askOnce(other);
            });

            Future<Long> reader = threads.submit(() -> takeAll(fast.get(path, "Connection: close")));
            log.await(2);

            assertThat(log.entries().stream().skip(2).map(RequestEnded::path)).as("requests in order of their ends")
                    .containsExactly("/v2/", path);
            assertThat(other.answer().status()).isEqualTo(200);
            assertThat(reader.get(30, TimeUnit.SECONDS)).isGreaterThan(BIG.length);
        }
    }

    private String storedBlob() throws Exception {
        String path = "/v2/lab/app/blobs/" + registry.blob("app", BIG);
        get(path);
        log.await(1);
        awaitCommits();
        return path;
    }

    private void awaitPieceBefore(long position) {
        try {
            if (position > 0 && !taken.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("client has not taken the piece before byte " + position + " for 30 s");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted at byte " + position, e);
        }
    }

    private void askOnce(RawClient client) {
        if (asked.compareAndSet(false, true)) {
            try {
                client.get("/v2/");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private long takeAll(RawClient client) throws IOException {
        long total = 0;
        for (int count = client.some(PIECE).length; count > 0; count = client.some(PIECE).length) {
            total += count;
            taken.release();
        }
        return total;
    }
}

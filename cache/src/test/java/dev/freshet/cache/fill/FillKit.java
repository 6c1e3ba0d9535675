package dev.freshet.cache.fill;

import dev.freshet.cache.fill.RingBuffer.Bounds;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.cache.store.StoreException;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/** A cache over an empty store and an origin in the test's hands; after each test, nothing may be left open. */
abstract class FillKit {

    static final byte[] CONTENT = BlobStoreKit.bytes(7, 300_000);
    static final Digest DIGEST = Digest.sha256(CONTENT);

    final InMemoryBlobStore store = new InMemoryBlobStore();
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    final RecordingListener listener = new RecordingListener();
    final ContentCache cache = new ContentCache(store, threads, Runnable::run, bounds(), listener);
    final ScriptedOrigin origin = new ScriptedOrigin();

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

    /** How fills of this test go on without the store. */
    Bounds bounds() {
        return Bounds.DEFAULT;
    }

    Lookup open() {
        return open(DIGEST);
    }

    Lookup open(Digest digest) {
        return cache.open(digest, OptionalLong.empty(), origin);
    }

    OpenedContent openContent() {
        return Reading.content(open());
    }

    /** A part of the content, as a step. */
    static Step bytes(int from, int to) {
        return new Step.Bytes(Arrays.copyOfRange(CONTENT, from, to));
    }

    boolean isStored(Digest digest) throws StoreException {
        return store.open(digest).map(blob -> {
            blob.close();
            return blob;
        }).isPresent();
    }
}

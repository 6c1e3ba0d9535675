package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/** A fresh store before each test, a check after it that nothing was left open, and what the contracts do with stores. */
public abstract class BlobStoreKit {

    /** A prime, so that reads seldom end where chunks do. */
    private static final int ODD_BUFFER = 99_991;

    protected BlobStore store = new InMemoryBlobStore();

    /** Opens an empty store. */
    protected abstract BlobStore openEmpty() throws Exception;

    /** Blobs and writers of that store that are open now. */
    protected abstract int stillOpen();

    @BeforeEach
    void openStore() throws Exception {
        store = openEmpty();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        int open = stillOpen();
        store.close();
        assertThat(open).as("blobs and writers left open").isZero();
    }

    /** Bytes that no compression shortens, the same for the same seed. */
    public static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Commits content in pieces of 100,000 bytes, its length unknown before. */
    public static Digest commit(BlobStore store, byte[] content) throws StoreException {
        Digest digest = Digest.sha256(content);
        try (BlobWriter writer = store.begin(digest, OptionalLong.empty())) {
            for (int at = 0; at < content.length; at += 100_000) {
                writer.append(ByteBuffer.wrap(content, at, Math.min(100_000, content.length - at)));
            }
            writer.commit().close();
        }
        return digest;
    }

    protected Digest commit(byte[] content) throws StoreException {
        return commit(store, content);
    }

    /** Reads from a position to the end, into a direct buffer. */
    public static byte[] readAll(StoredBytes source, long from) throws StoreException {
        return readAll(source, from, ByteBuffer.allocateDirect(ODD_BUFFER));
    }

    public static byte[] readAll(StoredBytes source, long from, ByteBuffer buffer) throws StoreException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long position = from;
        for (int count; (count = source.read(position, buffer.clear())) >= 0; position += count) {
            assertThat(count).isPositive().isEqualTo(buffer.position());
            byte[] piece = new byte[count];
            buffer.flip().get(piece);
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    /** What the store has under a digest, read and closed. */
    public static byte[] stored(BlobStore store, Digest digest) throws StoreException {
        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            byte[] content = readAll(blob, 0);
            assertThat(blob.length()).isEqualTo(content.length);
            return content;
        }
    }

    protected boolean absent(Digest digest) throws StoreException {
        return store.open(digest).map(blob -> {
            blob.close();
            return blob;
        }).isEmpty();
    }
}

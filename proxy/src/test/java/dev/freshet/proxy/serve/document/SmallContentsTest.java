package dev.freshet.proxy.serve.document;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.cache.store.StoreUsage;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** S-10: small content is what its digest says, or it is not there. */
class SmallContentsTest {

    private static final byte[] BODY = BlobStoreKit.bytes(1, 10_000);
    private static final Digest DIGEST = Digest.sha256(BODY);

    private final InMemoryBlobStore store = new InMemoryBlobStore();
    private final List<Digest> damaged = new ArrayList<>();

    @Test
    void whatIsKeptIsRead() {
        SmallContents contents = contents(store);

        assertThat(contents.keep(DIGEST, BODY)).isTrue();

        assertThat(contents.read(DIGEST)).contains(BODY);
        assertThat(damaged).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9_999, 10_001, 16 << 20, -1, Long.MIN_VALUE})
    @DisplayName("S-10: a stored length that is wrong is damage: the copy is dropped, and kept anew")
    void aWrongLengthIsDamage(long stated) {
        contents(store).keep(DIGEST, BODY);
        SmallContents lied = contents(new Lying(store, stated));

        assertThat(lied.read(DIGEST)).isEmpty();
        Optional<byte[]> dropped = contents(store).read(DIGEST);
        contents(store).keep(DIGEST, BODY);

        assertThat(damaged).containsExactly(DIGEST);
        assertThat(dropped).isEmpty();
        assertThat(contents(store).read(DIGEST)).contains(BODY);
        assertThat(store.openBlobs()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {(16 << 20) + 1, 1L << 40, Long.MAX_VALUE})
    @DisplayName("S-10: what is too long to be a manifest is not read, and not dropped, as it may be a good blob")
    void whatIsTooLongIsLeftAlone(long stated) {
        contents(store).keep(DIGEST, BODY);

        assertThat(contents(new Lying(store, stated)).read(DIGEST)).isEmpty();

        assertThat(damaged).isEmpty();
        assertThat(contents(store).read(DIGEST)).contains(BODY);
        assertThat(contents(store).keep(DIGEST, new byte[(16 << 20) + 1])).isFalse();
    }

    @Test
    @DisplayName("S-10: bytes of another digest are damage")
    void otherBytesAreDamage() throws StoreException {
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.of(BODY.length))) {
            writer.append(ByteBuffer.wrap(BlobStoreKit.bytes(2, BODY.length)));
            writer.commit().close();
        }

        assertThat(contents(store).read(DIGEST)).isEmpty();
        assertThat(contents(store).read(DIGEST)).isEmpty();

        assertThat(damaged).containsExactly(DIGEST);
    }

    private SmallContents contents(BlobStore blobs) {
        return new SmallContents(blobs, event -> {
            switch ((StoreEvent) event) {
                case StoreEvent.Damaged damage -> damaged.add(damage.digest());
                default -> throw new AssertionError("the store works: " + event);
            }
        });
    }

    /** A store whose content says that it has another length than it has. */
    private record Lying(BlobStore store, long length) implements BlobStore {

        @Override
        public Optional<StoredBlob> open(Digest digest) throws StoreException {
            return store.open(digest).map(blob -> new LyingBlob(blob, length));
        }

        @Override
        public Optional<StoredBlob> inspect(Digest digest) throws StoreException {
            return open(digest);
        }

        @Override
        public BlobWriter begin(Digest digest, OptionalLong expectedLength) throws StoreException {
            return store.begin(digest, expectedLength);
        }

        @Override
        public BlobWriter beginSparse(Digest digest, OptionalLong expectedLength) throws StoreException {
            return store.beginSparse(digest, expectedLength);
        }

        @Override
        public long unfinished(Digest digest) throws StoreException {
            return store.unfinished(digest);
        }

        @Override
        public void remove(Digest digest) throws StoreException {
            store.remove(digest);
        }

        @Override
        public Set<Digest> touch(Set<Digest> digests) throws StoreException {
            return store.touch(digests);
        }

        @Override
        public void forEach(Consumer<Digest> visitor) throws StoreException {
            store.forEach(visitor);
        }

        @Override
        public StoreUsage usage() throws StoreException {
            return store.usage();
        }

        @Override
        public StoreSpace space() {
            return store.space();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** Content of which no more than the stated length is given. */
    private record LyingBlob(StoredBlob blob, long length) implements StoredBlob {

        @Override
        public Digest digest() {
            return blob.digest();
        }

        @Override
        public int read(long position, ByteBuffer destination) throws StoreException {
            return position >= length ? -1 : blob.read(position, destination);
        }

        @Override
        public void drop() throws StoreException {
            blob.drop();
        }

        @Override
        public void close() {
            blob.close();
        }
    }
}

package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The contract on the heap. */
class InMemoryBlobStoreTest extends BlobStoreContract {

    private InMemoryBlobStore memory = new InMemoryBlobStore();

    @Override
    protected BlobStore openEmpty() {
        memory = new InMemoryBlobStore();
        return memory;
    }

    @Override
    protected int stillOpen() {
        return memory.openBlobs() + memory.openWriters();
    }

    @Test
    void appendsFailPastTheBytesTheTestSays() throws Exception {
        memory.failAppendsAfter(10);

        try (BlobWriter writer = store.begin(Digest.sha256(new byte[0]), OptionalLong.empty())) {
            ByteBuffer source = ByteBuffer.wrap(new byte[]{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});

            assertThatThrownBy(() -> writer.append(source)).isInstanceOf(StoreException.class);
            assertThat(source.position()).isEqualTo(10);
            assertThat(readAll(writer, 0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            assertThatThrownBy(writer::commit).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void contentIsDamagedUntilItIsRemoved() throws Exception {
        Digest digest = commit(new byte[]{1});
        memory.damage(digest);

        assertThatThrownBy(() -> stored(store, digest)).isInstanceOf(DamagedBlobException.class);

        store.remove(digest);
        commit(new byte[]{1});
        assertThat(stored(store, digest)).containsExactly(1);
    }

    @Test
    void everyCallFailsWhenTheTestSaysSo() throws Exception {
        Digest digest = commit(new byte[]{1});
        StoredBlob blob = store.open(digest).orElseThrow();

        memory.failCalls(true);

        assertThatThrownBy(() -> store.open(digest)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.begin(digest, OptionalLong.empty())).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> blob.read(0, ByteBuffer.allocate(1))).isInstanceOf(StoreException.class);
        blob.close();
        memory.failCalls(false);
        assertThat(stored(store, digest)).containsExactly(1);
    }
}

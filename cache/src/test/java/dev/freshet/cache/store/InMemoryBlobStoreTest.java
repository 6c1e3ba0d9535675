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
            writer.append(ByteBuffer.allocate(10));

            assertThatThrownBy(() -> writer.append(ByteBuffer.allocate(1))).isInstanceOf(StoreException.class);
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
}

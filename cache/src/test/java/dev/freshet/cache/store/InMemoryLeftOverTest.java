package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The contract on the heap. */
class InMemoryLeftOverTest extends LeftOverContract {

    private InMemoryBlobStore memory = new InMemoryBlobStore();

    @Override
    protected BlobStore openEmpty() {
        memory = new InMemoryBlobStore().keepPartials(65_536);
        return memory;
    }

    @Override
    protected int stillOpen() {
        return memory.openBlobs() + memory.openWriters();
    }

    @Test
    void asManyWholeUnitsAreKeptAsTheTestSays() throws Exception {
        Digest digest = Digest.sha256(new byte[]{1});
        leave(digest, 200_000);

        try (BlobWriter writer = store.begin(digest, OptionalLong.empty())) {
            assertThat(writer.length()).isEqualTo(3 * 65_536);
        }
    }

    @Test
    void whatIsLeftIsDamagedFromWhereTheTestSays() throws Exception {
        Digest digest = Digest.sha256(new byte[]{1});
        leave(digest, 200_000);
        memory.damage(digest, 1_000);

        try (BlobWriter writer = store.begin(digest, OptionalLong.empty())) {
            assertThat(writer.read(0, ByteBuffer.allocate(2_000))).isEqualTo(1_000);
            assertThatThrownBy(() -> writer.read(1_000, ByteBuffer.allocate(1)))
                    .isInstanceOf(DamagedBlobException.class);
        }
    }
}

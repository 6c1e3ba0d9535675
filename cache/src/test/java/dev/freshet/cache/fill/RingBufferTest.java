package dev.freshet.cache.fill;

import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A window, moved by hand. */
class RingBufferTest {

    private static final byte[] CONTENT = BlobStoreKit.bytes(1, 2_000_000);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 65_536, 5_000_000_017L})
    void bytesComeOutAsTheyWentInHoweverItMoves(long first) throws Exception {
        Random random = new Random(first);
        RingBuffer window = new RingBuffer(200_000, first);
        ByteBuffer source = ByteBuffer.wrap(CONTENT);
        byte[] seen = new byte[CONTENT.length];
        int read = 0;

        while (read < CONTENT.length) {
            ByteBuffer piece = source.duplicate().limit(Math.min(CONTENT.length,
                    source.position() + random.nextInt(150_000)));
            window.add(piece);
            source.position(piece.position());
            ByteBuffer destination = ByteBuffer.wrap(seen, read, Math.min(random.nextInt(150_000), seen.length - read));
            read += window.read(first + read, destination);
            window.dropBefore(first + random.nextInt(read + 1));
        }

        assertThat(seen).isEqualTo(CONTENT);
    }

    @Test
    void itTakesNoMoreThanItsCapacityUntilItMoves() throws Exception {
        RingBuffer window = new RingBuffer(150_000, 7);
        ByteBuffer source = ByteBuffer.wrap(CONTENT, 0, 200_000);

        window.add(source);

        assertThat(source.position()).isEqualTo(150_000);
        assertThat(window.isFull()).isTrue();
        assertThat(window.hasMoved()).isFalse();
        window.dropBefore(7 + 60_000);
        window.add(source);
        assertThat(source.hasRemaining()).isFalse();
        assertThat(read(window, 7 + 60_000, 140_000)).isEqualTo(Arrays.copyOfRange(CONTENT, 60_000, 200_000));
    }

    @Test
    void whatHasPassedByCannotBeRead() throws Exception {
        RingBuffer window = new RingBuffer(1000, 0);
        window.add(ByteBuffer.wrap(CONTENT, 0, 100));

        window.dropBefore(50);
        window.dropBefore(20);

        assertThat(window.hasMoved()).isTrue();
        assertThatThrownBy(() -> window.read(49, ByteBuffer.allocate(1))).isInstanceOf(StoreException.class);
        assertThat(window.read(50, ByteBuffer.allocate(1))).isEqualTo(1);
    }

    @Test
    void itNeverMovesPastItsEnd() throws Exception {
        RingBuffer window = new RingBuffer(1000, 0);
        window.add(ByteBuffer.wrap(CONTENT, 0, 100));

        window.dropBefore(Long.MAX_VALUE);
        window.add(ByteBuffer.wrap(CONTENT, 100, 1));

        assertThat(read(window, 100, 1)).containsExactly(CONTENT[100]);
    }

    private static byte[] read(RingBuffer window, long from, int length) throws StoreException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        int count = 1;
        while (bytes.hasRemaining() && count > 0) {
            count = window.read(from + bytes.position(), bytes);
        }
        return bytes.array();
    }
}

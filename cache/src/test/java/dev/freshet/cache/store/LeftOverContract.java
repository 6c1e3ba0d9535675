package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a {@link BlobWriter} may begin with, and what it leaves for the next. A store may keep all that was appended, a part
 * of it, or nothing, and it is always the beginning of what one writer before has appended.
 */
public abstract class LeftOverContract extends BlobStoreKit {

    private static final byte[] CONTENT = bytes(1, 9_000_000);
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    @Test
    void aWriterBeginsWithWhatAnEarlierOneHasLeftAndGoesOnFromThere() throws Exception {
        leave(DIGEST, 8_000_000);

        try (BlobWriter writer = begin()) {
            assertThat(writer.length()).isBetween(0L, 8_000_000L);
            complete(writer);

            assertThat(readAll(writer, 0)).isEqualTo(CONTENT);
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
        assertThat(store.usage()).isEqualTo(new StoreUsage(1, CONTENT.length));
    }

    @Test
    void whatIsLeftIsNoContent() throws Exception {
        leave(DIGEST, CONTENT.length);

        assertThat(absent(DIGEST)).isTrue();
        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void howMuchIsLeftIsKnownUntilTheNextWriterGoesOnWithIt() throws Exception {
        try (BlobWriter writer = begin()) {
            append(writer, 8_000_000);
            writer.keep();
        }
        begin().close(); // which waits until it is left

        long left = store.unfinished(DIGEST);

        try (BlobWriter writer = begin()) {
            assertThat(left).isEqualTo(writer.length()).isPositive();
            assertThat(store.unfinished(DIGEST)).isZero();
            complete(writer);
        }
        assertThat(store.unfinished(DIGEST)).isZero();
        assertThat(store.unfinished(Digest.sha256(bytes(3, 10)))).isZero();
    }

    @Test
    void severalWritersOneAfterTheOtherBringItToItsEnd() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (BlobWriter writer = begin()) {
                int from = (int) writer.length();
                assertThat(readAll(writer, 0)).isEqualTo(Arrays.copyOf(CONTENT, from));
                writer.append(ByteBuffer.wrap(CONTENT, from, Math.min(1_500_000, CONTENT.length - from)));
            }
        }

        try (BlobWriter last = begin()) {
            complete(last);
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void nothingIsLeftOfWhatWasDiscarded() throws Exception {
        try (BlobWriter writer = begin()) {
            writer.append(ByteBuffer.wrap(CONTENT));
            writer.discard();
        }

        try (BlobWriter next = begin()) {
            assertThat(next.length()).isZero();
            complete(next);
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void aWriterMayDiscardWhatItHasBegunWith() throws Exception {
        leave(DIGEST, 8_000_000);

        try (BlobWriter writer = begin()) {
            byte[] found = readAll(writer, 0);
            writer.discard();
            assertThat(readAll(writer, 0)).isEqualTo(found);
        }

        try (BlobWriter next = begin()) {
            assertThat(next.length()).isZero();
        }
    }

    @Test
    void writersAtOnceDoNotDisturbEachOtherWhateverTheyBeginWith() throws Exception {
        leave(DIGEST, 5_000_000);

        try (BlobWriter first = begin(); BlobWriter second = begin()) {
            append(first, CONTENT.length);
            append(second, 7_000_000);
            second.discard();

            assertThat(readAll(first, 0)).isEqualTo(CONTENT);
            assertThat(readAll(second, 0)).isEqualTo(Arrays.copyOf(CONTENT, (int) second.length()));
            first.commit().close();
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void whatIsLeftOfOneDigestIsNothingOfAnother() throws Exception {
        leave(DIGEST, 8_000_000);
        byte[] other = bytes(2, 1_000);

        commit(other);

        assertThat(stored(store, Digest.sha256(other))).isEqualTo(other);
    }

    @Test
    void afterACommitAndARemovalItMayComeAgain() throws Exception {
        leave(DIGEST, 8_000_000);
        try (BlobWriter writer = begin()) {
            complete(writer);
        }

        store.remove(DIGEST);

        try (BlobWriter again = begin()) {
            complete(again);
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void aWriterThatIsToBeginAnewBeginsWithNothing() throws Exception {
        leave(DIGEST, 8_000_000);

        try (BlobWriter writer = store.beginAnew(DIGEST, OptionalLong.of(CONTENT.length))) {
            assertThat(writer.length()).isZero();
            complete(writer);
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    /** A writer that appends so many of the content's bytes and closes. */
    protected void leave(Digest digest, int bytes) throws StoreException {
        try (BlobWriter writer = store.begin(digest, OptionalLong.of(CONTENT.length))) {
            append(writer, bytes);
        }
    }

    private BlobWriter begin() throws StoreException {
        return store.begin(DIGEST, OptionalLong.of(CONTENT.length));
    }

    private static void append(BlobWriter writer, int upTo) throws StoreException {
        for (int at = (int) writer.length(); at < upTo;) {
            int size = Math.min(130_000, upTo - at);
            writer.append(ByteBuffer.wrap(CONTENT, at, size));
            at += size;
        }
    }

    private static void complete(BlobWriter writer) throws StoreException {
        append(writer, CONTENT.length);
        writer.commit().close();
    }
}

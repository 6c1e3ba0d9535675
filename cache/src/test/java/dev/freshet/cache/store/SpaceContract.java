package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What a {@link BlobStore} promises about its limit, and a {@link BlobWriter} about bytes that it does not take. */
public abstract class SpaceContract extends BlobStoreKit {

    private static final int PIECE = 100_000;

    private int seed;

    /** The limit in bytes of the store that {@link #openEmpty()} opens; at least 8,000,000. */
    protected abstract int limit();

    @Test
    void theLimitIsToldAndAnEmptyStoreIsWritable() {
        assertThat(store.space().limit()).isEqualTo(limit());
        assertThat(store.space().used()).isBetween(0L, (long) limit());
        assertThat(store.space().writable()).isTrue();
    }

    @Test
    void contentLargerThanTheStoreIsRefusedAtOnceAndNothingGoesForIt() throws Exception {
        Digest stored = commit(content(limit() / 8));
        Digest large = Digest.sha256(new byte[]{1});

        assertThatThrownBy(() -> store.begin(large, OptionalLong.of(limit() + 1L)))
                .isInstanceOf(StoreFullException.class);
        assertThatThrownBy(() -> store.begin(large, OptionalLong.of(Long.MAX_VALUE)))
                .isInstanceOf(StoreFullException.class);

        assertThat(absent(stored)).isFalse();
    }

    @Test
    void whatIsStoredNeverTakesMoreThanTheLimitAndTheLatestIsThere() throws Exception {
        for (int i = 0; i < 24; i++) {
            byte[] content = content(limit() / 8);
            Digest latest = commit(content);

            assertThat(store.space().used()).isLessThanOrEqualTo(limit());
            assertThat(stored(store, latest)).isEqualTo(content);
        }
        assertThat(store.usage().objects()).isBetween(1L, 8L);
    }

    @Test
    void roomIsPromisedToWritersWhenTheyBegin() throws Exception {
        long before = store.space().used();

        try (BlobWriter writer = store.begin(Digest.sha256(new byte[]{1}), OptionalLong.of(limit() / 2))) {
            assertThat(writer.length()).isZero();
            assertThat(store.space().used()).isGreaterThanOrEqualTo(before + limit() / 2);
            assertThatThrownBy(() -> store.begin(Digest.sha256(new byte[]{2}), OptionalLong.of(limit() * 3L / 4)))
                    .isInstanceOf(StoreFullException.class);
        }

        store.begin(Digest.sha256(new byte[]{2}), OptionalLong.of(limit() * 3L / 4)).close();
    }

    @Test
    void whatIsBeingReadIsNotEvicted() throws Exception {
        List<StoredBlob> reading = new ArrayList<>();
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            contents.add(content(limit() / 8));
            reading.add(store.open(commit(contents.get(i))).orElseThrow());
        }

        Throwable refusal = catchThrowable(
                () -> store.begin(Digest.sha256(new byte[]{1}), OptionalLong.of(limit() * 3L / 4)));

        assertThat(refusal).isInstanceOf(StoreFullException.class);
        for (int i = 0; i < 4; i++) {
            assertThat(readAll(reading.get(i), 0)).isEqualTo(contents.get(i));
            reading.get(i).close();
        }
        store.begin(Digest.sha256(new byte[]{1}), OptionalLong.of(limit() * 3L / 4)).close();
    }

    @Test
    void whatIsOnlyInspectedGoesAsEarlyAsIfNobodyHadLooked() throws Exception {
        byte[] content = content(limit() / 8);
        Digest first = commit(content);
        Digest second = commit(content(limit() / 8));

        for (int i = 0; i < 8 && !isEvicted(first) && !isEvicted(second); i++) {
            commit(content(limit() / 8));
        }

        assertThat(isEvicted(first)).isTrue();
        assertThat(isEvicted(second)).isFalse();
    }

    private boolean isEvicted(Digest digest) throws StoreException {
        try (StoredBlob blob = store.inspect(digest).orElse(null)) {
            return blob == null;
        }
    }

    @Test
    void whatAWriterHasTakenBeforeItFailsCanBeReadAndTheRestIsLeftInTheBuffer() throws Exception {
        byte[] content = content(2 * limit());
        try (BlobWriter writer = store.begin(Digest.sha256(content), OptionalLong.empty())) {
            ByteBuffer source = ByteBuffer.wrap(content);

            Throwable failure = catchThrowable(() -> appendPieces(writer, source));

            assertThat(failure).isInstanceOf(StoreFullException.class);
            assertThat(writer.length()).isEqualTo(source.position()).isLessThanOrEqualTo(limit());
            assertThat(ByteBuffer.wrap(readAll(writer, 0)))
                    .isEqualTo(ByteBuffer.wrap(content, 0, source.position()));
            assertThatThrownBy(() -> writer.append(ByteBuffer.allocate(1))).isInstanceOf(StoreException.class);
            assertThatThrownBy(writer::commit).isInstanceOf(StoreException.class);
            assertThat(store.space().used()).isLessThanOrEqualTo(limit());
        }
        assertThat(absent(Digest.sha256(content))).isTrue();
    }

    @Test
    void afterAWriterHasFailedOthersFindRoomAgain() throws Exception {
        byte[] large = content(2 * limit());
        try (BlobWriter writer = store.begin(Digest.sha256(large), OptionalLong.empty())) {
            assertThat(catchThrowable(() -> appendPieces(writer, ByteBuffer.wrap(large))))
                    .isInstanceOf(StoreFullException.class);
        }
        byte[] content = content(limit() / 2);

        Digest digest = commit(content);

        assertThat(stored(store, digest)).isEqualTo(content);
    }

    private byte[] content(int length) {
        return bytes(seed++, length);
    }

    /** Moves the buffer's position on by whole pieces, or by what was taken of one before it failed. */
    private static void appendPieces(BlobWriter writer, ByteBuffer source) throws StoreException {
        while (source.hasRemaining()) {
            ByteBuffer piece = source.slice(source.position(), Math.min(PIECE, source.remaining()));
            try {
                writer.append(piece);
            } finally {
                source.position(source.position() + piece.position());
            }
        }
    }
}

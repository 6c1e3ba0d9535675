package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@link StoredBlob#drop()} promises. */
public abstract class DropContract extends BlobStoreKit {

    private static final byte[] CONTENT = bytes(1, 3_000_000);

    @Test
    void droppedContentIsAbsentAndItsReadersReadOn() throws Exception {
        Digest digest = commit(CONTENT);

        try (StoredBlob blob = store.open(digest).orElseThrow(); StoredBlob other = store.open(digest).orElseThrow()) {
            blob.drop();
            blob.drop();

            assertThat(absent(digest)).isTrue();
            assertThat(readAll(blob, 0)).isEqualTo(CONTENT);
            assertThat(readAll(other, 0)).isEqualTo(CONTENT);
        }
        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void aDropNeverRemovesACopyThatHasTakenItsPlace() throws Exception {
        Digest digest = commit(CONTENT);

        try (StoredBlob old = store.open(digest).orElseThrow()) {
            store.remove(digest);
            commit(CONTENT);
            old.drop();

            assertThat(stored(store, digest)).isEqualTo(CONTENT);
        }
        assertThat(stored(store, digest)).isEqualTo(CONTENT);
        assertThat(store.usage()).isEqualTo(new StoreUsage(1, CONTENT.length));
    }

    @Test
    void whatWasDroppedMayComeAgain() throws Exception {
        Digest digest = commit(CONTENT);
        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            blob.drop();
        }

        commit(CONTENT);

        assertThat(stored(store, digest)).isEqualTo(CONTENT);
    }
}

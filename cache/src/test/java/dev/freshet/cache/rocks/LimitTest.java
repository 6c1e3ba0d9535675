package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreFullException;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.readAll;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The limit holds before, while and after content comes in; the coldest blobs make room (C-12, C-14 to C-16). */
class LimitTest {

    private static final long LIMIT = 32L << 20;
    private static final int LARGE = 3 << 20;

    private @TempDir Path directory = Path.of("");
    private final RecordingStoreListener listener = new RecordingStoreListener();

    private RocksStorage open() throws Exception {
        return Stores.open(directory, LIMIT, listener);
    }

    private static boolean isStored(RocksStorage storage, Digest digest) throws Exception {
        return storage.blobs().touch(Set.of(digest)).isEmpty();
    }

    private void theLimitHolds(RocksStorage storage) throws Exception {
        assertThat(Stores.diskUse(directory)).isLessThanOrEqualTo(LIMIT);
        StoreSpace space = storage.blobs().space();
        assertThat(space.used()).isLessThanOrEqualTo(space.limit());
    }

    @Test
    void manyContentsComeAndTheLimitHoldsAtEachOfThem() throws Exception {
        Random sizes = new Random(5);
        try (RocksStorage storage = open()) {
            for (int i = 0; i < 60; i++) {
                byte[] content = bytes(i, sizes.nextInt(5) == 0 ? sizes.nextInt(20_000) : sizes.nextInt(2 * LARGE));
                Digest digest = commit(storage.blobs(), content);

                theLimitHolds(storage);
                assertThat(stored(storage.blobs(), digest)).isEqualTo(content);
            }
            assertThat(listener.evictions()).isNotEmpty()
                    .allMatch(eviction -> eviction.reason() == EvictionReason.SPACE);
            Stores.settle(storage);
            assertThat(storage.blobs().space().used()).isBetween(Stores.diskUse(directory) - 8192,
                    Stores.diskUse(directory) + 8192);
        }
    }

    /** C-15. */
    @Test
    void whatIsUsedOftenOutlivesWhatIsReadOnce() throws Exception {
        try (RocksStorage storage = open()) {
            List<Digest> hot = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                hot.add(commit(storage.blobs(), bytes(i, LARGE)));
            }
            for (int i = 0; i < 40; i++) {
                for (Digest digest : hot) {
                    storage.blobs().open(digest).orElseThrow().close();
                }
                commit(storage.blobs(), bytes(100 + i, LARGE));
            }

            assertThat(listener.evicted()).hasSizeGreaterThan(25).doesNotContainAnyElementsOf(hot);
        }
    }

    @Test
    void theOrderOutlivesARestart() throws Exception {
        List<Digest> hot = new ArrayList<>();
        try (RocksStorage storage = open()) {
            for (int i = 0; i < 3; i++) {
                hot.add(commit(storage.blobs(), bytes(i, LARGE)));
            }
            for (int i = 0; i < 12; i++) {
                commit(storage.blobs(), bytes(100 + i, LARGE));
                for (Digest digest : hot) {
                    storage.blobs().open(digest).orElseThrow().close();
                }
            }
        }

        try (RocksStorage storage = open()) {
            for (int i = 0; i < 6; i++) {
                commit(storage.blobs(), bytes(200 + i, LARGE));
            }

            assertThat(listener.evicted()).doesNotContainAnyElementsOf(hot);
        }
    }

    /** C-12. */
    @Test
    void whatIsReadStaysAndGoesLaterWhenItIsStillTheColdest() throws Exception {
        try (RocksStorage storage = open()) {
            byte[] content = bytes(1, LARGE);
            Digest read = commit(storage.blobs(), content);
            try (StoredBlob reader = storage.blobs().open(read).orElseThrow()) {
                for (int i = 0; i < 20; i++) {
                    commit(storage.blobs(), bytes(100 + i, LARGE));
                    theLimitHolds(storage);
                }
                assertThat(listener.evicted()).hasSizeGreaterThan(8).doesNotContain(read);
                assertThat(readAll(reader, 0)).isEqualTo(content);
            }
        }
    }

    /** C-12. */
    @Test
    void contentRemovedUnderItsReaderFreesItsSpaceWithTheReader() throws Exception {
        try (RocksStorage storage = open()) {
            byte[] content = bytes(1, LARGE);
            Digest digest = commit(storage.blobs(), content);
            StoredBlob reader = storage.blobs().open(digest).orElseThrow();
            storage.blobs().remove(digest);
            Stores.settle(storage);
            long before = Stores.diskUse(directory);

            assertThat(readAll(reader, 0)).isEqualTo(content);
            reader.close();
            Stores.settle(storage);

            assertThat(Stores.diskUse(directory)).isLessThan(before - LARGE + 8192);
        }
    }

    /** C-16. */
    @Test
    void contentLargerThanTheLimitIsRefusedAndNothingIsEvictedForIt() throws Exception {
        try (RocksStorage storage = open()) {
            Digest kept = commit(storage.blobs(), bytes(1, LARGE));

            assertThatThrownBy(() -> storage.blobs().begin(Digest.sha256(new byte[0]), OptionalLong.of(LIMIT)))
                    .isInstanceOf(StoreFullException.class).hasMessageContaining("raise `cache.max-size`");

            assertThat(isStored(storage, kept)).isTrue();
            assertThat(listener.evictions()).isEmpty();
        }
    }

    /** C-16. */
    @Test
    void contentOfUnknownLengthThatOutgrowsTheLimitFailsAndCanBeReadOn() throws Exception {
        byte[] piece = bytes(1, 1 << 20);
        try (RocksStorage storage = open();
                BlobWriter writer = storage.blobs().begin(Digest.sha256(piece), OptionalLong.empty())) {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 200; i++) {
                    writer.append(ByteBuffer.wrap(piece));
                }
                writer.commit().close();
            }).isInstanceOf(StoreException.class).hasMessageContaining("cache.max-size");

            theLimitHolds(storage);
            assertThat(writer.length()).isGreaterThan(20 << 20);
            assertThat(readAll(writer, 0)).startsWith(piece);
            assertThat(storage.blobs().space().writable()).isTrue();
        }
    }

    @Test
    void roomIsPromisedToAWriterBeforeItsBytesCome() throws Exception {
        try (RocksStorage storage = open()) {
            for (int i = 0; i < 8; i++) {
                commit(storage.blobs(), bytes(i, LARGE));
            }

            try (BlobWriter writer = storage.blobs().begin(Digest.sha256(new byte[0]), OptionalLong.of(20 << 20))) {
                assertThat(writer.length()).isZero();
                assertThat(listener.evicted()).hasSizeGreaterThan(3);
                assertThat(storage.blobs().space().used()).isGreaterThan(20 << 20);
                assertThatThrownBy(() -> storage.blobs().begin(Digest.sha256(new byte[1]), OptionalLong.of(20 << 20)))
                        .isInstanceOf(StoreFullException.class);
            }

            Stores.settle(storage);
            assertThat(storage.blobs().space().used()).isLessThan(20 << 20);
        }
    }

    @Test
    void whatWasLeftUnfinishedGoesBeforeAnythingThatIsWhole() throws Exception {
        try (RocksStorage storage = open()) {
            Digest kept = commit(storage.blobs(), bytes(1, LARGE));
            try (BlobWriter writer = storage.blobs().begin(Digest.sha256(new byte[0]), OptionalLong.empty())) {
                writer.append(ByteBuffer.wrap(bytes(2, 20 << 20)));
            }
            Stores.settle(storage);

            commit(storage.blobs(), bytes(3, 12 << 20));

            assertThat(isStored(storage, kept)).isTrue();
            assertThat(listener.evictions()).isEmpty();
            theLimitHolds(storage);
        }
    }

    /** C-14. */
    @Test
    void theRestOfAnIncompleteImageGoesNextAndWhatAWholeImageSharesStays() throws Exception {
        try (RocksStorage storage = open()) {
            Digest base = commit(storage.blobs(), bytes(1, LARGE));
            Digest torn = commit(storage.blobs(), bytes(2, LARGE));
            Digest cold = commit(storage.blobs(), bytes(3, LARGE));
            Digest other = commit(storage.blobs(), bytes(4, LARGE));
            Digest incompleteImage = commit(storage.blobs(), bytes(5, 1000));
            Digest wholeImage = commit(storage.blobs(), bytes(6, 1000));
            storage.catalog().putParts(incompleteImage, Set.of(base, torn, cold));
            storage.catalog().putParts(wholeImage, Set.of(base, other));
            storage.blobs().touch(Set.of(base, torn, other));
            storage.blobs().touch(Set.of(base, torn, other));
            List<Digest> filler = new ArrayList<>();
            for (int i = 0; i < 20 && !listener.evicted().contains(cold); i++) {
                filler.add(commit(storage.blobs(), bytes(100 + i, LARGE)));
                storage.blobs().touch(Set.copyOf(filler));
            }
            assertThat(listener.evicted()).contains(cold).doesNotContain(torn, base, other);

            commit(storage.blobs(), bytes(200, LARGE));

            assertThat(listener.evictions()).anyMatch(eviction -> eviction.digest().equals(torn)
                    && eviction.reason() == EvictionReason.INCOMPLETE_IMAGE);
            assertThat(isStored(storage, base)).isTrue();
            assertThat(isStored(storage, other)).isTrue();
            assertThat(storage.blobs().touch(storage.catalog().parts(incompleteImage))).containsExactlyInAnyOrder(torn,
                    cold);
            assertThat(storage.blobs().touch(storage.catalog().parts(wholeImage))).isEmpty();
        }
    }

    @Test
    void smallContentStaysWithinItsShare() throws Exception {
        try (RocksStorage storage = open()) {
            for (int i = 0; i < 100; i++) {
                commit(storage.blobs(), bytes(i, 100_000));
            }

            Stores.settle(storage);

            assertThat(storage.blobs().usage().bytes()).isLessThan(LIMIT / 8).isGreaterThan(LIMIT / 16);
            theLimitHolds(storage);
        }
    }

    /** C-15. */
    @Test
    void aWorkingSetOfTwiceTheLimitNeverExceedsIt() throws Exception {
        Random popularity = new Random(7);
        int hits = 0;
        try (RocksStorage storage = open()) {
            for (int request = 0; request < 400; request++) {
                int content = (int) Math.min(19, Math.floor(Math.exp(popularity.nextDouble() * Math.log(21))) - 1);
                byte[] bytes = bytes(content, LARGE);
                Digest digest = Digest.sha256(bytes);
                if (isStored(storage, digest)) {
                    hits++;
                    storage.blobs().open(digest).orElseThrow().close();
                } else {
                    commit(storage.blobs(), bytes);
                    theLimitHolds(storage);
                }
            }
        }
        assertThat(hits).isGreaterThan(200);
    }
}

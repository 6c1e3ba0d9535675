package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What {@link BlobStore} and {@link StoredBlob} promise. */
public abstract class BlobStoreContract extends BlobStoreKit {

    private static final byte[] CONTENT = bytes(1, 300_000);

    @Test
    void contentThatWasNeverWrittenIsAbsent() throws Exception {
        assertThat(store.open(Digest.sha256(CONTENT))).isEmpty();
    }

    @Test
    void committedContentIsReadBack() throws Exception {
        Digest digest = commit(CONTENT);

        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            assertThat(blob.digest()).isEqualTo(digest);
            assertThat(blob.length()).isEqualTo(CONTENT.length);
            assertThat(readAll(blob, 0)).isEqualTo(CONTENT);
        }
    }

    @Test
    void contentOfTwentyMebibytesHashesRight() throws Exception {
        Digest digest = commit(bytes(2, 20 << 20));

        assertThat(Digest.sha256(stored(store, digest))).isEqualTo(digest);
    }

    @Test
    void contentUnderASha512DigestIsReadBack() throws Exception {
        Digest digest = new Digest(Digest.Algorithm.SHA512, "ab".repeat(64));
        try (BlobWriter writer = store.begin(digest, OptionalLong.of(1))) {
            writer.append(ByteBuffer.wrap(new byte[]{7}));
            writer.commit().close();
        }

        assertThat(stored(store, digest)).containsExactly(7);
    }

    @Test
    void aReadMayBeginAnywhere() throws Exception {
        Digest digest = commit(CONTENT);

        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            for (int from : new int[]{1, 65_535, 65_536, 65_537, 131_072, 299_999}) {
                assertThat(readAll(blob, from)).isEqualTo(Arrays.copyOfRange(CONTENT, from, CONTENT.length));
            }
        }
    }

    @Test
    void aReadFillsHeapBuffersAndBuffersOfOneByte() throws Exception {
        byte[] content = bytes(3, 70_000);
        Digest digest = commit(content);

        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            assertThat(readAll(blob, 0, ByteBuffer.allocate(65_536))).isEqualTo(content);
            assertThat(readAll(blob, 0, ByteBuffer.allocate(200_000))).isEqualTo(content);
            assertThat(readAll(blob, 0, ByteBuffer.allocateDirect(1))).isEqualTo(content);
        }
    }

    @Test
    void aReadStaysWithinTheBuffersPositionAndLimit() throws Exception {
        Digest digest = commit(CONTENT);
        ByteBuffer buffer = ByteBuffer.allocateDirect(100).position(10).limit(60);

        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            assertThat(blob.read(0, buffer)).isEqualTo(50);
        }

        assertThat(buffer.position()).isEqualTo(60);
        assertThat(buffer.limit()).isEqualTo(60);
        buffer.clear();
        assertThat(buffer.get(9)).isZero();
        assertThat(buffer.get(60)).isZero();
        assertThat(buffer.slice(10, 50)).isEqualTo(ByteBuffer.wrap(CONTENT, 0, 50));
    }

    @Test
    void aReadAtOrPastTheEndSaysSo() throws Exception {
        Digest digest = commit(CONTENT);

        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            assertThat(blob.read(CONTENT.length, ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(blob.read(Long.MAX_VALUE, ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(blob.read(CONTENT.length, ByteBuffer.allocate(0))).isEqualTo(-1);
        }
    }

    @Test
    void aReadIntoAFullBufferCopiesNothing() throws Exception {
        Digest digest = commit(CONTENT);

        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            assertThat(blob.read(0, ByteBuffer.allocate(0))).isZero();
        }
    }

    @Test
    void aReadBeforeTheFirstByteIsAMistake() throws Exception {
        Digest digest = commit(CONTENT);

        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            assertThatIllegalArgumentException().isThrownBy(() -> blob.read(-1, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void aClosedBlobRefusesReads() throws Exception {
        Digest digest = commit(CONTENT);
        StoredBlob blob = store.open(digest).orElseThrow();

        blob.close();
        blob.close();

        assertThatThrownBy(() -> blob.read(0, ByteBuffer.allocate(1))).isExactlyInstanceOf(StoreException.class);
    }

    @Test
    void removedContentIsAbsentAndMayComeAgain() throws Exception {
        Digest digest = commit(CONTENT);

        store.remove(digest);

        assertThat(absent(digest)).isTrue();
        commit(CONTENT);
        assertThat(stored(store, digest)).isEqualTo(CONTENT);
    }

    @Test
    void removalOfWhatIsNotThereDoesNothing() throws Exception {
        store.remove(Digest.sha256(CONTENT));

        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void aReaderReadsOnWhenItsContentIsRemovedAndWrittenAgain() throws Exception {
        Digest digest = commit(CONTENT);
        StoredBlob other = store.open(digest).orElseThrow();

        try (StoredBlob blob = store.open(digest).orElseThrow()) {
            store.remove(digest);
            assertThat(absent(digest)).isTrue();
            commit(CONTENT);
            store.remove(digest);
            other.close();

            assertThat(readAll(blob, 0)).isEqualTo(CONTENT);
        }
    }

    @Test
    void usageIsTheSumOfWhatIsCommitted() throws Exception {
        commit(CONTENT);
        commit(CONTENT);
        commit(new byte[0]);
        Digest third = commit(bytes(4, 1_000));
        assertThat(store.usage()).isEqualTo(new StoreUsage(3, 301_000));

        store.remove(third);

        assertThat(store.usage()).isEqualTo(new StoreUsage(2, 300_000));
    }

    @Test
    void aTouchNamesWhatIsNotStored() throws Exception {
        Digest stored = commit(CONTENT);
        Digest removed = commit(bytes(4, 1_000));
        Digest never = Digest.sha256(bytes(5, 10));
        store.remove(removed);

        assertThat(store.touch(Set.of(stored, removed, never))).containsExactlyInAnyOrder(removed, never);
        assertThat(store.touch(Set.of(stored))).isEmpty();
        assertThat(store.touch(Set.of())).isEmpty();
    }

    @Test
    void everythingCommittedIsVisitedAndNothingElse() throws Exception {
        Set<Digest> visited = new HashSet<>();
        Digest first = commit(CONTENT);
        Digest removed = commit(bytes(4, 1_000));
        Digest empty = commit(new byte[0]);
        store.remove(removed);

        try (BlobWriter writer = store.begin(Digest.sha256(bytes(5, 10)), OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(CONTENT));
            store.forEach(digest -> assertThat(visited.add(digest)).isTrue());
        }

        assertThat(visited).containsExactlyInAnyOrder(first, empty);
    }

    @Test
    void manyReadersReadOneBlobAtOnce() throws Exception {
        Digest digest = commit(bytes(5, 2 << 20));
        CyclicBarrier together = new CyclicBarrier(8);
        List<Future<Digest>> seen = new ArrayList<>();

        try (ExecutorService readers = Executors.newFixedThreadPool(8);
                StoredBlob shared = store.open(digest).orElseThrow()) {
            for (int i = 0; i < 8; i++) {
                seen.add(readers.submit(() -> {
                    together.await();
                    return Digest.sha256(readAll(shared, 0));
                }));
            }
            for (Future<Digest> each : seen) {
                assertThat(each.get()).isEqualTo(digest);
            }
        }
    }

    @Test
    void everyCallFailsAfterClose() throws Exception {
        Digest digest = commit(CONTENT);
        StoredBlob blob = store.open(digest).orElseThrow();
        BlobWriter writer = store.begin(Digest.sha256(new byte[0]), OptionalLong.empty());
        writer.append(ByteBuffer.wrap(CONTENT));

        store.close();
        store.close();

        List<ThrowingCallable> calls = List.of(() -> store.open(digest),
                () -> store.begin(digest, OptionalLong.empty()),
                () -> store.remove(digest), () -> store.usage(), () -> store.touch(Set.of(digest)),
                () -> store.forEach(each -> {}), () -> blob.read(0, ByteBuffer.allocate(1)),
                () -> writer.read(0, ByteBuffer.allocate(1)), () -> writer.append(ByteBuffer.wrap(CONTENT)),
                () -> writer.commit());
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call).isExactlyInstanceOf(StoreException.class));
        assertThat(store.space().limit()).isPositive();
        writer.discard();
        blob.close();
        writer.close();
    }
}

package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Stored content that cannot be read is fetched for its reader, wherever that is; what is damaged is dropped as well. */
class UnreadableContentTest extends FillKit {

    private final Deque<Runnable> later = new ArrayDeque<>();

    @Test
    void whatCannotBeReadIsFetchedAndStaysStored() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.failReads(true);
        origin.thenAll(CONTENT);

        try (Content content = openContent()) {
            assertThat(content.source()).isEqualTo(Source.STORE);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
            assertThat(content.source()).isEqualTo(Source.ORIGIN);
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Complete.class);
        assertThat(listener.storeFailures()).hasSize(1);
        assertThat(listener.damages()).isEmpty();
        store.failReads(false);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void aReaderGoesOnWhereItIs() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        origin.thenAll(CONTENT);
        ByteArrayOutputStream all = new ByteArrayOutputStream();

        try (Content content = openContent()) {
            Reading.into(content, all, 100_000);
            store.failReads(true);
            Reading.into(content, all, Long.MAX_VALUE);
        }

        assertThat(all.toByteArray()).isEqualTo(CONTENT);
        listener.awaitEnd();
    }

    @Test
    void allReadersOfItShareOneFetch() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        origin.then(ScriptedOrigin.head(CONTENT.length));

        try (Content one = openContent(); Content other = openContent()) {
            store.failReads(true);
            assertThat(one.read(0, ByteBuffer.allocate(1))).isZero();
            assertThat(other.read(0, ByteBuffer.allocate(1))).isZero();
            origin.then(new Step.Bytes(CONTENT), new Step.End());
            assertThat(Reading.toEnd(one)).isEqualTo(CONTENT);
            assertThat(Reading.toEnd(other)).isEqualTo(CONTENT);
        }

        listener.awaitEnd();
        assertThat(origin.opens()).isEqualTo(1);
    }

    @Test
    void bytesThatAFailedReadHasCopiedDoNotCount() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.failReads(true);
        ByteBuffer destination = ByteBuffer.allocate(100).position(7);

        try (Content content = openContent()) {
            assertThat(content.read(0, destination)).isZero();
            assertThat(destination.position()).isEqualTo(7);
            origin.thenAll(CONTENT);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();
    }

    @Test
    void whatIsDamagedIsFetchedDroppedAndStoredAgain() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.damage(DIGEST, 200_000);
        origin.thenAll(CONTENT);

        try (Content content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        listener.awaitEnd();
        assertThat(listener.damages()).hasSize(1);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void anOriginThatSendsSomethingElseDoesNotCompleteIt() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        byte[] wrong = CONTENT.clone();
        wrong[0]++;
        origin.thenAll(wrong);
        ByteArrayOutputStream all = new ByteArrayOutputStream();

        try (Content content = openContent()) {
            Reading.into(content, all, 100_000);
            store.failReads(true);
            assertThatThrownBy(() -> Reading.into(content, all, Long.MAX_VALUE)).isInstanceOf(ContentException.class);
        }

        assertThat(all.size()).isLessThan(CONTENT.length);
        listener.awaitEnd();
    }

    @Test
    void contentThatMayNotBeFetchedSaysWhyItCannotBeRead() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.failReads(true);
        ContentCache full = new ContentCache(store, UnreadableContentTest::reject, Runnable::run, listener);

        try (Content content = Reading.content(full.open(DIGEST, OptionalLong.empty(), origin));
                Content found = Reading.content(cache.find(DIGEST).orElseThrow())) {
            for (Content each : new Content[]{content, found}) {
                assertThatThrownBy(() -> each.read(0, ByteBuffer.allocate(1))).isInstanceOf(ContentException.class)
                        .hasCauseInstanceOf(StoreException.class);
            }
        }
        assertThat(origin.opens()).isZero();
    }

    @Test
    void damageThatAnOldReaderFindsDoesNotRemoveTheCopyFetchedSince() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.damage(DIGEST);
        origin.thenAll(CONTENT).thenAll(CONTENT);
        try (Content first = openContent(); Content second = openContent()) {
            assertThat(Reading.toEnd(first)).isEqualTo(CONTENT);
            listener.awaitEnd();

            assertThat(Reading.toEnd(second)).isEqualTo(CONTENT);

            assertThat(isStored(DIGEST)).isTrue();
        }
        listener.awaitEnd();
        assertThat(listener.damages()).hasSize(2);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void damageIsRemovedByAnotherThreadAlsoWhenItsReaderHasLeft() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.damage(DIGEST);
        ContentCache busy = new ContentCache(store, UnreadableContentTest::reject, later::add, listener);
        Content content = Reading.content(busy.open(DIGEST, OptionalLong.empty(), origin));

        findDamage(content);
        findDamage(content);
        content.close();
        assertThat(isStored(DIGEST)).isTrue();
        assertThat(listener.damages()).isEmpty();
        assertThat(store.openBlobs()).isEqualTo(1);
        later.remove().run();

        assertThat(later).isEmpty();
        assertThat(isStored(DIGEST)).isFalse();
        assertThat(listener.damages()).hasSize(1);
        assertThat(store.openBlobs()).isZero();
    }

    @Test
    void damageThatIsNotRemovedIsFoundAgain() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.damage(DIGEST);
        ContentCache stopping = new ContentCache(store, UnreadableContentTest::reject, UnreadableContentTest::reject,
                listener);

        try (Content content = Reading.content(stopping.open(DIGEST, OptionalLong.empty(), origin))) {
            findDamage(content);
        }

        assertThat(isStored(DIGEST)).isTrue();
        assertThat(store.openBlobs()).isZero();
    }

    private static void reject(Runnable task) {
        throw new RejectedExecutionException("no thread for " + task);
    }

    private static void findDamage(Content content) {
        assertThatThrownBy(() -> content.read(0, ByteBuffer.allocate(1))).isInstanceOf(ContentException.class)
                .hasMessageContaining("fetched again");
    }
}

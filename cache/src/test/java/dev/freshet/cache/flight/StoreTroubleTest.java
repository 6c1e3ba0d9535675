package dev.freshet.cache.flight;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A store that fails, or whose content is damaged, fails no request that the origin can answer. */
class StoreTroubleTest extends FlightKit {

    private final Deque<Runnable> later = new ArrayDeque<>();

    @Test
    void aStoreThatFailsEveryCallIsPassedByAndToldOf() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.failCalls(true);
        origin.thenAll(CONTENT);

        try (Content content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FlightEnd.Passed.class);
        assertThat(cache.find(DIGEST)).isEmpty();
        assertThat(listener.storeFailures()).hasSize(2);
        assertThat(listener.damages()).isEmpty();
    }

    @Test
    void askingWhetherItIsThereIsNoUseOfIt() throws Exception {
        assertThat(cache.has(DIGEST)).isFalse();
        BlobStoreKit.commit(store, CONTENT);

        assertThat(cache.has(DIGEST)).isTrue();

        assertThat(store.uses()).isZero();
        assertThat(store.openBlobs()).isZero();
    }

    @Test
    void aFlightIsThereAsLongAsItCanBeJoined() throws Exception {
        try (Content content = openContent()) {
            assertThat(cache.has(DIGEST)).isTrue();
            origin.thenAll(CONTENT);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();
        assertThat(cache.has(DIGEST)).isTrue();
    }

    @Test
    void aStoreThatWorksAgainServesWhatItHasKept() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.failCalls(true);
        assertThat(cache.find(DIGEST)).isEmpty();

        store.failCalls(false);

        Lookup found = open();
        assertThat(found).isInstanceOf(Lookup.Stored.class);
        try (Content content = Reading.content(found)) {
            assertThat(content.isKept()).isTrue();
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
    }

    @Test
    void damageThatAnOldReaderFindsDoesNotRemoveTheCopyFetchedSince() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.damage(DIGEST);
        try (Content first = openContent(); Content second = openContent()) {
            findDamage(first);
            origin.thenAll(CONTENT);
            try (Content healed = openContent()) {
                assertThat(Reading.toEnd(healed)).isEqualTo(CONTENT);
            }
            listener.awaitEnd();

            findDamage(second);

            assertThat(isStored(DIGEST)).isTrue();
        }
        assertThat(listener.damages()).hasSize(2);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void damageIsRemovedByAnotherThreadAlsoWhenItsReaderHasLeft() throws Exception {
        Digest digest = BlobStoreKit.commit(store, CONTENT);
        store.damage(digest);
        ContentCache busy = new ContentCache(store, threads, later::add, listener);
        Content content = Reading.content(busy.open(digest, OptionalLong.empty(), origin));

        findDamage(content);
        findDamage(content);
        content.close();
        assertThat(isStored(digest)).isTrue();
        assertThat(listener.damages()).isEmpty();
        assertThat(store.openBlobs()).isEqualTo(1);
        later.remove().run();

        assertThat(later).isEmpty();
        assertThat(isStored(digest)).isFalse();
        assertThat(listener.damages()).hasSize(1);
        assertThat(store.openBlobs()).isZero();
    }

    @Test
    void damageThatNobodyHasTimeToRemoveIsFoundAgain() throws Exception {
        Digest digest = BlobStoreKit.commit(store, CONTENT);
        store.damage(digest);
        ContentCache stopping = new ContentCache(store, threads, task -> {
            throw new RejectedExecutionException("stopping");
        }, listener);

        try (Content content = Reading.content(stopping.open(digest, OptionalLong.empty(), origin))) {
            findDamage(content);
        }

        assertThat(isStored(digest)).isTrue();
        assertThat(store.openBlobs()).isZero();
    }

    private static void findDamage(Content content) {
        assertThatThrownBy(() -> content.read(0, ByteBuffer.allocate(1))).isInstanceOf(ContentException.class)
                .hasMessageContaining("fetched again");
    }
}

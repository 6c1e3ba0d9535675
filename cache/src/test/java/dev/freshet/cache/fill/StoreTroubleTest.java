package dev.freshet.cache.fill;

import dev.freshet.cache.store.BlobStoreKit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A store that fails, fails no request that the origin can answer. */
class StoreTroubleTest extends FillKit {

    @Test
    void aStoreThatFailsEveryCallIsPassedByAndToldOf() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.failCalls(true);
        origin.thenAll(CONTENT);

        try (Content content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);
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
    void aFillIsThereAsLongAsItCanBeJoined() throws Exception {
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
}

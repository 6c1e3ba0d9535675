package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static org.assertj.core.api.Assertions.assertThat;

/** {@link ContentCache#stock}: how much of a blob is here, which is not changed by asking. */
class AvailabilityTest extends LeftOverKit {

    @Test
    void nothingIsMissing() {
        assertThat(cache.stock(DIGEST)).isEqualTo(new Availability.Missing());
    }

    @Test
    void whatHasComeOfAFillIsCountedFromTheFirstByteOn() throws Exception {
        origin.then(head(LENGTH), bytes(0, 200_000));

        try (Content content = openContent()) {
            origin.awaitAsked(3);
            Availability coming = cache.stock(DIGEST);
            origin.then(bytes(200_000, LENGTH), new Step.End());
            Reading.toEnd(content);

            assertThat(coming).isEqualTo(new Availability.Coming(200_000));
        }
        listener.awaitEnd();
    }

    @Test
    void whatIsStoredIsNotUsedByBeingLookedAt() throws Exception {
        origin.thenAll(CONTENT);
        openContent().close();
        listener.awaitEnd();
        awaitNoWriter();
        int uses = store.uses();

        Availability stock = cache.stock(DIGEST);

        assertThat(stock).isEqualTo(new Availability.Stored(LENGTH));
        assertThat(store.uses()).isEqualTo(uses);
    }

    @Test
    void whatAnAbandonedFillHasLeftIsThereInPart() throws Exception {
        origin.then(head(LENGTH), bytes(0, 200_000));
        openContent().close();
        origin.awaitAsked(3);
        cache.abandon(DIGEST);
        listener.awaitEnd();
        awaitNoWriter();

        Availability stock = cache.stock(DIGEST);

        assertThat(stock).isEqualTo(new Availability.Partly(200_000));
    }

    @Test
    void whatAStoreThatFailsHasIsMissing() {
        store.failCalls(true);

        Availability stock = cache.stock(Digest.sha256(BlobStoreKit.bytes(8, 10)));

        assertThat(stock).isEqualTo(new Availability.Missing());
        store.failCalls(false);
    }
}

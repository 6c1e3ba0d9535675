package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static org.assertj.core.api.Assertions.assertThat;

/** {@link ContentCache#availability}: how much of a blob is here, which is not changed by asking. */
class AvailabilityTest extends LeftOverKit {

    @Test
    void nothingIsMissing() {
        assertThat(cache.availability(DIGEST)).isEqualTo(new Availability.Missing());
    }

    @Test
    void whatHasComeOfAFillIsCountedFromTheFirstByteOn() throws Exception {
        origin.then(head(LENGTH), bytes(0, 200_000));

        try (Content content = openContent()) {
            origin.awaitAsked(3);
            Availability coming = cache.availability(DIGEST);
            origin.then(bytes(200_000, LENGTH), new Step.End());
            Reading.toEnd(content);

            assertThat(coming).isEqualTo(new Availability.Filling(200_000));
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

        Availability availability = cache.availability(DIGEST);

        assertThat(availability).isEqualTo(new Availability.Stored(LENGTH));
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

        Availability availability = cache.availability(DIGEST);

        assertThat(availability).isEqualTo(new Availability.Partial(200_000));
    }

    @Test
    void whatAStoreThatFailsHasIsMissing() {
        store.failCalls(true);

        Availability availability = cache.availability(Digest.sha256(BlobStoreKit.bytes(8, 10)));

        assertThat(availability).isEqualTo(new Availability.Missing());
        store.failCalls(false);
    }
}

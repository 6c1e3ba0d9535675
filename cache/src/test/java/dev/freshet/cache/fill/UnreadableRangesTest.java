package dev.freshet.cache.fill;

import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.ByteRange;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Readers of parts that were left by an earlier fill and cannot be read any more: what they want is fetched again. */
class UnreadableRangesTest extends ByteRangesKit {

    private static final long FROM = 20L * TASK_BYTES;
    private static final long TO = FROM + 8 * ALIGNMENT;

    @BeforeEach
    void leaveWhatCannotBeRead() throws Exception {
        read(FROM, TO);
        awaitEnded();
        store.damage(DIGEST, FROM + ALIGNMENT);
    }

    @Test
    void theyAreFetchedAgainFromWhereTheReaderIs() throws Exception {
        int asked = origin.asked().size();

        assertThat(read(FROM, TO)).isEqualTo(content(FROM, TO));

        assertThat(origin.asked().size()).isEqualTo(asked + 1);
        assertThat(origin.asked().getLast().from()).isBetween(FROM, FROM + ALIGNMENT);
        assertThat(listener.storeFailures()).hasSize(1);
    }

    @Test
    void allReadersShareOneFetch() throws Exception {
        int asked = origin.asked().size();
        try (OpenedContent one = part(FROM, TO); OpenedContent other = part(FROM, TO)) {
            assertThat(read(one, FROM, TO)).isEqualTo(content(FROM, TO));
            assertThat(read(other, FROM, TO)).isEqualTo(content(FROM, TO));
        }

        assertThat(origin.asked().size()).isEqualTo(asked + 1);
    }

    @Test
    void whatWasFetchedAgainIsThereForTheNextOne() throws Exception {
        read(FROM, TO);
        awaitEnded();
        int asked = origin.asked().size();

        assertThat(read(FROM + ALIGNMENT, TO)).isEqualTo(content(FROM + ALIGNMENT, TO));

        assertThat(origin.asked()).hasSize(asked);
    }

    @Test
    void whoComesAfterwardsAndWantsEverythingHasIt() throws Exception {
        try (OpenedContent part = part(FROM, TO)) {
            read(part, FROM, FROM + 2 * ALIGNMENT);

            try (OpenedContent whole = whole()) {
                assertThat(Reading.toEnd(whole)).isEqualTo(CONTENT);
            }
        }

        awaitEnded();
        assertThat(listener.ends()).filteredOn(FillOutcome.Complete.class::isInstance).hasSize(1);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void ofSeveralPartsThoseThatAreStillWantedAreFetched() throws Exception {
        try (OpenedContent content = Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH), false, origin))) {
            content.awaitLength(MINUTE);
            content.want(List.of(new ByteRange(0, 10),
                    new ByteRange(FROM, TO), new ByteRange(100, 200)));

            assertThat(read(content, 0, 10)).isEqualTo(content(0, 10));
            assertThat(read(content, FROM, TO)).isEqualTo(content(FROM, TO));
            assertThat(read(content, 100, 200)).isEqualTo(content(100, 200));
        }
    }
}

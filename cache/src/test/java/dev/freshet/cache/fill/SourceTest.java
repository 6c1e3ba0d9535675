package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.store.BlobStoreKit;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What readers are told of where their bytes come from. */
class SourceTest extends LeftOverKit {

    @Test
    void whatIsStoredComesFromTheStore() throws Exception {
        BlobStoreKit.commit(store, CONTENT);

        try (OpenedContent content = openContent()) {
            assertThat(content.source()).isEqualTo(Source.STORE);
        }
    }

    @Test
    void whatIsFetchedComesFromTheOriginAlsoForReadersThatJoin() throws Exception {
        origin.then(ScriptedOrigin.head(CONTENT.length));

        try (OpenedContent leading = openContent(); OpenedContent joined = openContent()) {
            leading.awaitLength(MINUTE);
            assertThat(leading.source()).isEqualTo(Source.ORIGIN);
            assertThat(joined.source()).isEqualTo(Source.ORIGIN);
            origin.then(new Step.Bytes(CONTENT), new Step.End());
            assertThat(Reading.toEnd(joined)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();
    }

    @Test
    void whatAnEarlierFillHasLeftInPartComesFromBoth() throws Exception {
        leave(CONTENT, 100_000);
        origin.then(ScriptedOrigin.head(CONTENT.length), bytes(100_000, CONTENT.length), new Step.End());

        try (OpenedContent content = Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH), origin))) {
            content.awaitLength(MINUTE);
            assertThat(content.source()).isEqualTo(Source.STORE_AND_ORIGIN);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();
    }

    @Test
    void whatAnEarlierFillHasLeftInWholeComesFromTheStore() throws Exception {
        leave(CONTENT, LENGTH);

        try (OpenedContent content = Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH), origin))) {
            content.awaitLength(MINUTE);
            assertThat(content.source()).isEqualTo(Source.STORE);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();
        assertThat(origin.opens()).isZero();
    }
}

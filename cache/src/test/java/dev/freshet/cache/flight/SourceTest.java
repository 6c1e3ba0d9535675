package dev.freshet.cache.flight;

import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.BlobWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What readers are told of where their bytes come from. */
class SourceTest extends FlightKit {

    private static final OptionalLong LENGTH = OptionalLong.of(CONTENT.length);

    @Test
    void whatIsStoredComesFromTheStore() throws Exception {
        BlobStoreKit.commit(store, CONTENT);

        try (Content content = openContent()) {
            assertThat(content.source()).isEqualTo(Source.STORE);
        }
    }

    @Test
    void whatIsFetchedComesFromTheOriginAlsoForWhoeverJoins() throws Exception {
        origin.then(ScriptedOrigin.head(CONTENT.length));

        try (Content leading = openContent(); Content joined = openContent()) {
            leading.awaitLength(Duration.ofMinutes(1));
            assertThat(leading.source()).isEqualTo(Source.ORIGIN);
            assertThat(joined.source()).isEqualTo(Source.ORIGIN);
            origin.then(new Step.Bytes(CONTENT), new Step.End());
            assertThat(Reading.toEnd(joined)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();
    }

    @Test
    void whatAnEarlierFillHasLeftInPartComesFromBoth() throws Exception {
        leave(100_000);
        origin.then(ScriptedOrigin.head(CONTENT.length), bytes(100_000, CONTENT.length), new Step.End());

        try (Content content = Reading.content(cache.open(DIGEST, LENGTH, origin))) {
            content.awaitLength(Duration.ofMinutes(1));
            assertThat(content.source()).isEqualTo(Source.STORE_AND_ORIGIN);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();
    }

    @Test
    void whatAnEarlierFillHasLeftInWholeComesFromTheStore() throws Exception {
        leave(CONTENT.length);

        try (Content content = Reading.content(cache.open(DIGEST, LENGTH, origin))) {
            content.awaitLength(Duration.ofMinutes(1));
            assertThat(content.source()).isEqualTo(Source.STORE);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();
        assertThat(origin.opens()).isZero();
    }

    private void leave(int bytes) throws Exception {
        store.keepPartials(1);
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(CONTENT, 0, bytes));
        }
    }
}

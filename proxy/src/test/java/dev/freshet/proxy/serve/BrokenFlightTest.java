package dev.freshet.proxy.serve;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.fill.FillEvent;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.fill.Lookup;
import dev.freshet.cache.fill.OpenedContent;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.proxy.error.Errors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A fill that breaks by a defect. */
class BrokenFlightTest {

    private static final byte[] BLOB = "content".getBytes(StandardCharsets.UTF_8);
    private static final Digest DIGEST = Digest.sha256(BLOB);

    private final List<FillOutcome> ends = new ArrayList<>();

    /** Breaks the first time. */
    private static final class Fragile implements BlobOrigin {

        private int opened;

        @Override
        public Repository repository() {
            return new Repository(new RegistryHost("lab"), "app");
        }

        @Override
        public Transfer open(ByteRange wanted) {
            boolean breaks = opened++ == 0;
            ByteBuffer bytes = ByteBuffer.wrap(BLOB);
            return new Transfer() {

                @Override
                public OptionalLong length() {
                    return OptionalLong.of(BLOB.length);
                }

                @Override
                public OptionalLong end() {
                    return length();
                }

                @Override
                public boolean isWhole() {
                    return true;
                }

                @Override
                public int read(ByteBuffer destination) {
                    if (breaks) {
                        throw new IllegalStateException("unforeseen");
                    }
                    int count = bytes.remaining();
                    destination.put(bytes);
                    return count == 0 ? -1 : count;
                }

                @Override
                public void close() {}
            };
        }
    }

    @Test
    @DisplayName("C-08: a flight that dies of an exception is failed for all, and a new one can lead")
    void aNewOneCanLead() throws Exception {
        Fragile origin = new Fragile();
        try (ContentCache cache = new ContentCache(new InMemoryBlobStore(), Runnable::run, Runnable::run,
                event -> {
                    if (event instanceof FillEvent.Ended ended) {
                        ends.add(ended.outcome());
                    }
                })) {
            try (OpenedContent first = leading(cache.open(DIGEST, OptionalLong.empty(), origin))) {
                assertThatThrownBy(() -> first.awaitLength(Duration.ofSeconds(1)))
                        .isInstanceOfSatisfying(ContentException.class,
                                e -> assertThat(Errors.of(e).status()).isEqualTo(500));
            }
            assertThat(cache.fills()).isZero();

            try (OpenedContent second = leading(cache.open(DIGEST, OptionalLong.empty(), origin))) {
                assertThat(second.awaitLength(Duration.ofSeconds(1))).hasValue(BLOB.length);
            }
        }
        assertThat(ends).hasExactlyElementsOfTypes(FillOutcome.Broken.class, FillOutcome.Complete.class);
    }

    private static OpenedContent leading(Lookup lookup) {
        if (lookup instanceof Lookup.Started(OpenedContent content)) {
            return content;
        }
        throw new AssertionError("not leading: " + lookup);
    }
}

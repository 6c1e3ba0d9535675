package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Step.Bytes;
import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.cache.store.StoreUsage;
import dev.freshet.cache.store.StoredBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Fills that are stopped, threads that die in unexpected places, and when the writer is closed. */
class FillStopsTest extends FillKit {

    @Test
    void closeAbortsAFillThatWaitsForItsHead() throws Exception {
        try (Content reader = openContent()) {
            origin.awaitAsked(1);

            cache.close();

            assertThat(failure(reader).end()).isInstanceOf(FillOutcome.Aborted.class);
            assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Aborted.class);
        }
    }

    @Test
    void closeAbortsAFillThatWaitsForBytes() throws Exception {
        origin.then(head(CONTENT.length), bytes(0, 1000));
        try (Content reader = openContent()) {
            origin.awaitAsked(3);

            cache.close();

            assertThat(failure(reader).end()).isInstanceOf(FillOutcome.Aborted.class);
        }
        assertThat(isStored(DIGEST)).isFalse();
    }

    @Test
    void closeAbortsAFillThatNoThreadHasTakenUp() throws Exception {
        List<Runnable> queue = new ArrayList<>();
        ContentCache idle = new ContentCache(store, queue::add, Runnable::run, listener);
        try (Content reader = Reading.content(idle.open(DIGEST, OptionalLong.empty(), origin))) {
            idle.close();

            assertThat(failure(reader).end()).isInstanceOf(FillOutcome.Aborted.class);
            queue.forEach(Runnable::run);
        }
        assertThat(origin.opens()).isZero();
        assertThat(listener.ends()).containsExactly(new FillOutcome.Aborted());
    }

    @Test
    void afterCloseWhatIsStoredIsServedAndNothingElseIsBegun() throws Exception {
        byte[] stored = {1, 2, 3};
        Digest digest = BlobStoreKit.commit(store, stored);

        cache.close();

        assertThat(open()).isInstanceOf(Lookup.Rejected.class);
        try (Content content = Reading.content(open(digest))) {
            assertThat(Reading.toEnd(content)).isEqualTo(stored);
        }
    }

    @Test
    void aListenerThatThrowsAtTheBeginningFailsTheFillAndNoReaderHangs() throws Exception {
        ContentCache faulty = new ContentCache(store, threads, Runnable::run, event -> {
            if (event instanceof FillEvent.Began) {
                throw new IllegalStateException("a defect");
            }
        });

        try (Content reader = Reading.content(faulty.open(DIGEST, OptionalLong.empty(), origin))) {
            assertThat(failure(reader).end()).isInstanceOf(FillOutcome.Broken.class);
        }
        assertThat(faulty.fills()).isZero();
    }

    @Test
    void aStoreThatThrowsWhatItMustNotBreaksTheFillAndHeals() throws Exception {
        ContentCache faulty = new ContentCache(new Defective(), threads, Runnable::run, listener);
        try (Content reader = Reading.content(faulty.open(DIGEST, OptionalLong.empty(), origin))) {
            assertThat(failure(reader).end()).isInstanceOf(FillOutcome.Broken.class);
        }

        origin.thenAll(CONTENT);
        try (Content healed = openContent()) {
            assertThat(Reading.toEnd(healed)).isEqualTo(CONTENT);
        }
    }

    @Test
    void theWriterIsClosedAfterTheLastReaderHasLeft() throws Exception {
        Content first = openContent();
        Content second = openContent();
        origin.thenAll(CONTENT);
        listener.awaitEnd();

        first.close();
        assertThat(Reading.toEnd(second)).isEqualTo(CONTENT);
        assertThat(store.openWriters()).isEqualTo(1);

        second.close();
        threads.close();
        assertThat(store.openWriters()).isZero();
    }

    @Test
    void theWriterOfAFillWithoutReadersIsClosedAtItsEnd() throws Exception {
        openContent().close();
        origin.then(head(10), new Bytes(new byte[10]), new End());

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.DigestMismatch.class);
        threads.close();

        assertThat(store.openWriters()).isZero();
    }

    @Test
    void aReaderThatHasClosedReadsNoMore() throws Exception {
        origin.thenAll(CONTENT);
        Content reader = openContent();
        Reading.toEnd(reader);
        reader.close();
        threads.close();

        assertThatThrownBy(() -> Reading.available(reader, 0)).isInstanceOf(IllegalStateException.class);
    }

    private static ContentException failure(Content reader) {
        return catchThrowableOfType(ContentException.class, () -> Reading.toEnd(reader));
    }

    /** A store with a defect in it. */
    private static final class Defective implements BlobStore {

        @Override
        public Optional<StoredBlob> open(Digest digest) {
            return Optional.empty();
        }

        @Override
        public Optional<StoredBlob> inspect(Digest digest) {
            return Optional.empty();
        }

        @Override
        public BlobWriter begin(Digest digest, OptionalLong expectedLength) {
            throw new IllegalStateException("a defect");
        }

        @Override
        public BlobWriter beginSparse(Digest digest, OptionalLong length) {
            throw new IllegalStateException("a defect");
        }

        @Override
        public long unfinished(Digest digest) {
            return 0;
        }

        @Override
        public void remove(Digest digest) {
            throw new IllegalStateException("a defect");
        }

        @Override
        public Set<Digest> touch(Set<Digest> digests) {
            return digests;
        }

        @Override
        public void forEach(Consumer<Digest> visitor) {
            throw new IllegalStateException("a defect");
        }

        @Override
        public StoreSpace space() {
            return new StoreSpace(0, 0, false);
        }

        @Override
        public StoreUsage usage() throws StoreException {
            throw new StoreException("look-up of usage failed: a defect");
        }

        @Override
        public void close() {
            throw new IllegalStateException("a defect");
        }
    }
}

package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.fill.RingBuffer.Bounds;
import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreFullException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Many readers of bytes that pass through a window in memory, at their different speeds. */
class PassingReadersTest extends FillKit {

    /** As much as is read and published at a time. */
    private static final int PIECE = Hashing.BUFFER_BYTES;

    private static final int WINDOW = 2 * PIECE;
    private static final byte[] LARGE = BlobStoreKit.bytes(3, 3_000_000);
    private static final Digest LARGE_DIGEST = Digest.sha256(LARGE);

    private final RangeTask all = new RangeTask(0, Long.MAX_VALUE, 0);

    @Override
    Bounds bounds() {
        return new Bounds(WINDOW, Duration.ofMinutes(1));
    }

    @BeforeEach
    void theStoreTakesNothing() {
        store.failBegins(true);
    }

    @Test
    void readersAtDifferentSpeedsAllGetAllOfIt() throws Exception {
        origin.then(head(LARGE.length));
        List<Future<byte[]>> bodies = new ArrayList<>();

        for (int i = 0; i < 12; i++) {
            Content content = large();
            int pieces = 1000 << i;
            bodies.add(threads.submit(() -> {
                try (content) {
                    return read(content, pieces);
                }
            }));
        }
        origin.then(new Step.Bytes(LARGE), new End());

        for (Future<byte[]> body : bodies) {
            assertThat(body.get()).isEqualTo(LARGE);
        }
        assertThat(origin.opens()).isEqualTo(1);
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);
    }

    @Test
    void theFillIsNeverFurtherAheadOfItsSlowestReaderThanTheWindow() throws Exception {
        origin.thenAll(LARGE);

        try (Content slow = large(); Content fast = large()) {
            Reading.awaitReadable(fast, WINDOW - 1);
            assertThat(Reading.available(fast, 0)).isEqualTo(Arrays.copyOf(LARGE, WINDOW));

            readSome(slow, 0, PIECE);
            Reading.awaitReadable(fast, WINDOW + PIECE - 1);
            assertThat(Reading.available(fast, WINDOW)).hasSize(PIECE);

            Future<byte[]> rest = threads.submit(() -> read(slow, 1000, PIECE));
            assertThat(read(fast, 50_000, WINDOW + PIECE)).isEqualTo(
                    Arrays.copyOfRange(LARGE, WINDOW + PIECE, LARGE.length));
            assertThat(rest.get()).isEqualTo(Arrays.copyOfRange(LARGE, PIECE, LARGE.length));
        }
    }

    @Test
    void aReaderOfARangeFarBehindDoesNotHoldUpOthers() throws Exception {
        origin.thenAll(LARGE);

        try (Content part = large(); Content whole = large()) {
            Future<byte[]> end = threads.submit(() -> read(part, 1000, 2_900_000));
            assertThat(Reading.toEnd(whole)).isEqualTo(LARGE);
            assertThat(end.get()).isEqualTo(Arrays.copyOfRange(LARGE, 2_900_000, LARGE.length));
        }
    }

    @Test
    void whoComesBeforeTheWindowHasMovedJoinsAndWhoComesLaterBeginsAnotherFill() throws Exception {
        origin.thenAll(LARGE);
        Content first = large();
        Reading.awaitReadable(first, WINDOW - 1);
        Content second = large();
        assertThat(origin.opens()).isEqualTo(1);
        readSome(first, 0, PIECE);
        readSome(second, 0, PIECE);
        Reading.awaitReadable(first, WINDOW);

        assertThat(cache.find(LARGE_DIGEST)).isEmpty();
        ScriptedOrigin another = new ScriptedOrigin().thenAll(LARGE);
        Lookup third = cache.open(LARGE_DIGEST, OptionalLong.empty(), another);
        Lookup fourth = cache.open(LARGE_DIGEST, OptionalLong.empty(), another);
        assertThat(third).isInstanceOf(Lookup.Started.class);
        assertThat(fourth).isInstanceOf(Lookup.Joined.class);
        assertThat(cache.fills()).isEqualTo(2);
        assertThat(cache.fillReaders()).isEqualTo(4);

        List<Content> all = List.of(first, second, Reading.content(third), Reading.content(fourth));
        List<Future<byte[]>> bodies = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Content content = all.get(i);
            int from = i < 2 ? PIECE : 0;
            bodies.add(threads.submit(() -> read(content, 100_000, from)));
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(bodies.get(i).get()).isEqualTo(Arrays.copyOfRange(LARGE, i < 2 ? PIECE : 0, LARGE.length));
            all.get(i).close();
        }
        assertThat(another.opens()).isEqualTo(1);
    }

    @Test
    void theEndOfTheOlderFillDoesNotEndTheNewerOne() throws Exception {
        origin.thenAll(LARGE);
        Content first = large();
        Reading.awaitReadable(first, WINDOW - 1);
        readSome(first, 0, WINDOW);
        Reading.awaitReadable(first, WINDOW);
        ScriptedOrigin another = new ScriptedOrigin().then(head(LARGE.length));
        Content second = Reading.content(cache.open(LARGE_DIGEST, OptionalLong.empty(), another));

        first.close();
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Abandoned.class);

        try (second; Content third = Reading.content(cache.find(LARGE_DIGEST).orElseThrow())) {
            another.then(new Step.Bytes(LARGE), new End());
            Future<byte[]> body = threads.submit(() -> Reading.toEnd(third));
            assertThat(Reading.toEnd(second)).isEqualTo(LARGE);
            assertThat(body.get()).isEqualTo(LARGE);
        }
    }

    @Test
    void theFillGoesOnWhenItsSlowestReaderLeaves() throws Exception {
        origin.thenAll(LARGE);

        try (Content fast = large()) {
            Content slow = large();
            Reading.awaitReadable(fast, WINDOW - 1);
            Future<byte[]> body = threads.submit(() -> Reading.toEnd(fast));

            slow.close();

            assertThat(body.get()).isEqualTo(LARGE);
        }
    }

    @Test
    void anAbortEndsAFillThatWaitsForItsReaders() throws Exception {
        origin.thenAll(LARGE);

        try (Content content = large()) {
            Reading.awaitReadable(content, WINDOW - 1);
            cache.close();

            assertThat(catchThrowableOfType(ContentException.class, () -> Reading.toEnd(content)).end())
                    .isInstanceOf(FillOutcome.Aborted.class);
        }
        threads.close();
        assertThat(origin.openNow()).isZero();
    }

    @Test
    void aFillThatWaitsEndsWhenItsLastReaderLeaves() throws Exception {
        origin.thenAll(LARGE);
        Content content = large();
        Reading.awaitReadable(content, WINDOW - 1);

        content.close();

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Abandoned.class);
        assertThat(cache.fills()).isZero();
    }

    @Test
    void aReaderThatNeverReadsIsCutAndTheOthersGoOn() throws Exception {
        FillMonitor monitor = new FillMonitor(new Bounds(WINDOW, Duration.ofMillis(20)),
                Fetching.with(1, () -> 0));
        Content never = monitor.join(true, OptionalLong.empty(), () -> Source.ORIGIN).orElseThrow();
        Content other = monitor.join(true, OptionalLong.empty(), () -> Source.ORIGIN).orElseThrow();
        monitor.begin(new ByteRanges(), 1, OptionalLong.empty());
        monitor.passThrough(new StoreFullException("no room"), 0);
        monitor.answered(OptionalLong.of(LARGE.length));
        assertThat(monitor.append(all, ByteBuffer.wrap(LARGE, 0, WINDOW))).isTrue();
        monitor.arrived(0, WINDOW);
        readSome(other, 0, WINDOW);

        assertThat(monitor.append(all, ByteBuffer.wrap(LARGE, WINDOW, 1000))).isTrue();
        monitor.arrived(0, WINDOW + 1000);

        assertThat(catchThrowableOfType(ContentException.class, () -> never.read(0, ByteBuffer.allocate(1))))
                .hasMessageContaining("others have waited");
        assertThat(monitor.locked(FillState::readers)).isEqualTo(1);
        readSome(other, WINDOW, 1000);
        never.close();
        other.close();
        assertThat(monitor.append(all, ByteBuffer.wrap(LARGE, 0, 1))).isFalse();
        assertThat(monitor.join(true, OptionalLong.empty(), () -> Source.ORIGIN)).isEmpty();
    }

    @Test
    void whoComesWhenTheFillHasBeenGivenUpCannotJoin() throws Exception {
        FillMonitor monitor = new FillMonitor(bounds(), Fetching.with(1, () -> 0));
        monitor.begin(new ByteRanges(), 1, OptionalLong.empty());
        monitor.passThrough(new StoreFullException("no room"), 0);
        monitor.join(true, OptionalLong.empty(), () -> Source.ORIGIN).orElseThrow().close();
        assertThat(monitor.join(true, OptionalLong.empty(), () -> Source.ORIGIN)).isPresent().get()
                .satisfies(Content::close);

        assertThat(monitor.append(all, ByteBuffer.wrap(LARGE, 0, 1000))).isFalse();

        assertThat(monitor.join(true, OptionalLong.empty(), () -> Source.ORIGIN)).isEmpty();
    }

    @Test
    void whatTheStoreHasTakenIsReadFromItAtAnySpeed() throws Exception {
        store.failBegins(false).failAppendsAfter(2_000_000);
        origin.thenAll(LARGE);

        try (Content slow = large(); Content fast = large()) {
            int there = 17 * PIECE;
            Reading.awaitReadable(fast, there - 1);
            readSome(fast, 0, there);
            try (Content late = large()) {
                Future<byte[]> lateBody = threads.submit(() -> Reading.toEnd(late));
                Future<byte[]> slowBody = threads.submit(() -> read(slow, 3000));
                assertThat(read(fast, 100_000, there)).isEqualTo(
                        Arrays.copyOfRange(LARGE, there, LARGE.length));
                assertThat(slowBody.get()).isEqualTo(LARGE);
                assertThat(lateBody.get()).isEqualTo(LARGE);
            }
        }
        assertThat(origin.opens()).isEqualTo(1);
    }

    private Content large() {
        return Reading.content(cache.open(LARGE_DIGEST, OptionalLong.empty(), origin));
    }

    private static byte[] read(Content content, int pieces) throws Exception {
        return read(content, pieces, 0);
    }

    private static byte[] read(Content content, int pieces, int from) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(pieces);
        for (int count; (count = content.read(from + all.size(), buffer.clear())) >= 0;) {
            if (count == 0) {
                Reading.awaitReadable(content, from + all.size());
            }
            all.write(buffer.array(), 0, count);
        }
        return all.toByteArray();
    }

    /** Reads so many bytes that are there already. */
    private static void readSome(Content content, int from, int length) throws ContentException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            assertThat(content.read(from + buffer.position(), buffer)).isPositive();
        }
        assertThat(buffer.array()).isEqualTo(Arrays.copyOfRange(LARGE, from, from + length));
    }
}

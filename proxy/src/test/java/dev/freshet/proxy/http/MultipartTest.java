package dev.freshet.proxy.http;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.http.Body.Multipart;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The body of several parts, byte for byte, and while its content is not there. */
class MultipartTest {

    private static final byte[] BLOB = BlobStoreKit.bytes(4, 1000);
    private static final Digest DIGEST = Digest.sha256(BLOB);

    private final Coming content = new Coming();
    private final Multipart body = new Multipart(DIGEST, content,
            List.of(new ByteRange(5, 8), new ByteRange(0, 1000), new ByteRange(9, 10)),
            1000);

    @Test
    void itIsWhatItsLengthAndTypeSay() throws Exception {
        content.available = 1000;

        String all = all(10_000);

        assertThat(body.length()).hasValue(all.length());
        assertThat(body.contentType()).isEqualTo("multipart/byteranges; boundary=" + DIGEST.hex());
        assertThat(all).isEqualTo(head("--", "5-7") + text(5, 8) + head("\r\n--", "0-999") + text(0, 1000)
                + head("\r\n--", "9-9") + text(9, 10) + "\r\n--" + DIGEST.hex() + "--\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 140, 150, 1000})
    void itIsTheSameInPiecesOfAnySize(int size) throws Exception {
        content.available = 1000;

        assertThat(all(size)).isEqualTo(all(10_000));
    }

    @Test
    void fromAnyPositionItGoesOn() throws Exception {
        content.available = 1000;
        String all = all(10_000);

        for (int position = 0; position < all.length(); position++) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(body.read(position, one)).isEqualTo(1);
            assertThat((char) (one.get(0) & 0xff)).as("byte %s", position).isEqualTo(all.charAt(position));
        }
    }

    @Test
    void whileAPartsFirstByteIsMissingItsHeadIsNotGiven() throws Exception {
        content.available = 5;
        ByteBuffer destination = ByteBuffer.allocate(500);

        assertThat(body.read(0, destination)).isZero();
        assertThat(destination.position()).isZero();
        body.whenReadable(0, () -> {});
        assertThat(content.awaited).isEqualTo(5);
    }

    @Test
    void withinAPartItWaitsForTheNextByte() throws Exception {
        content.available = 6;
        ByteBuffer destination = ByteBuffer.allocate(500);
        int count = body.read(0, destination);

        assertThat(body.read(count, destination)).isZero();
        body.whenReadable(count, () -> {});
        assertThat(content.awaited).isEqualTo(6);
    }

    @Test
    void contentThatFailsBeforeItsFirstByteGivesNothing() {
        content.failure = new IllegalStateException("gone");

        assertThatThrownBy(() -> body.read(0, ByteBuffer.allocate(500))).isSameAs(content.failure);
    }

    @Test
    void contentThatEndsEarlyIsSaidToHaveEnded() throws Exception {
        content.available = 5;
        content.ended = true;

        assertThat(body.read(0, ByteBuffer.allocate(500))).isEqualTo(-1);
    }

    @Test
    void aLongDigestMakesNoLongBoundary() {
        Digest digest = Digest.of(Digest.Algorithm.SHA512, Digest.Algorithm.SHA512.newHash());

        String type = new Multipart(digest, content, List.of(new ByteRange(0, 1), new ByteRange(2, 3)), 1000)
                .contentType();

        assertThat(type).isEqualTo("multipart/byteranges; boundary=" + digest.hex().substring(0, 64));
    }

    private String all(int size) throws ContentException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long length = body.length().orElseThrow();
        while (all.size() < length) {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, length - all.size()));
            int count = body.read(all.size(), buffer);
            assertThat(count).isPositive().isEqualTo(buffer.position());
            all.write(buffer.array(), 0, count);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    private static String head(String begin, String positions) {
        return begin + DIGEST.hex() + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes " + positions
                + "/1000\r\n\r\n";
    }

    private static String text(int from, int to) {
        return new String(BLOB, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** The blob as far as it has come. */
    private static final class Coming implements Content {

        private int available;
        private boolean ended;
        private long awaited = -1;
        private @Nullable RuntimeException failure;

        @Override
        public boolean isKept() {
            return true;
        }

        @Override
        public Source source() {
            return Source.ORIGIN;
        }

        @Override
        public boolean isReadableAgain() {
            return true;
        }

        @Override
        public int read(long position, ByteBuffer destination) {
            if (failure != null) {
                throw failure;
            }
            int count = (int) Math.min(destination.remaining(), available - position);
            if (count <= 0) {
                return ended ? -1 : 0;
            }
            destination.put(BLOB, (int) position, count);
            return count;
        }

        @Override
        public void whenReadable(long position, Runnable task) {
            awaited = position;
        }

        @Override
        public void close() {}
    }
}

package dev.freshet.proxy.http;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.ByteRange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** The body of an answer: content, and perhaps bytes around it. Positions are those of the body. */
interface Body {

    /** The content in it, which the sender of the body closes. */
    Content content();

    /** Bytes, all together; empty when it ends with its content. */
    OptionalLong length();

    /**
     * Copies bytes from a position within its length, up to the buffer's limit or to what is there. May be called for
     * the same position again, where content is readable again.
     *
     * @return how many were copied; 0 when there are none yet or the buffer has no room; -1 when the content has ended
     * @throws ContentException as {@link Content#read}
     */
    int read(long position, ByteBuffer destination) throws ContentException;

    /** Runs a task once, as {@link Content#whenReadable} does, as soon as {@link #read} would return something else than 0. */
    void whenReadable(long position, Runnable task);

    /**
     * A body of content alone.
     *
     * @param from position in the content of the body's first byte
     */
    record Plain(Content content, long from, OptionalLong length) implements Body {

        @Override
        public int read(long position, ByteBuffer destination) throws ContentException {
            return content.read(from + position, destination);
        }

        @Override
        public void whenReadable(long position, Runnable task) {
            content.whenReadable(from + position, task);
        }
    }

    /**
     * A body of several parts of one blob, as {@code multipart/byteranges} (RFC 9110, section 14.6). Each begins with a boundary and a
     * head of its own, which are made when they are sent: a client that takes its time costs two numbers per part.
     *
     * <p>What separates the parts must not occur in any (RFC 2046, section 5.1.1). It is taken from the blob's own digest,
     * which no content can hold.
     */
    static final class Multipart implements Body {

        private final Content content;
        private final List<ByteRange> parts;
        private final long whole;
        private final String boundary;
        private final byte[] close;
        private final long[] begins;
        private final int[] headBytes;
        private final long length;

        /** @param whole length of the blob, in bytes */
        Multipart(Digest digest, Content content, List<ByteRange> parts, long whole) {
            this.content = content;
            this.parts = parts;
            this.whole = whole;
            this.boundary = digest.hex().substring(0, 64);
            this.close = ascii("\r\n--" + boundary + "--\r\n");
            this.begins = new long[parts.size()];
            this.headBytes = new int[parts.size()];
            long position = 0;
            for (int i = 0; i < begins.length; i++) {
                begins[i] = position;
                headBytes[i] = head(i).length;
                position += headBytes[i] + parts.get(i).length();
            }
            this.length = position + close.length;
        }

        /** The value of {@code Content-Type}. */
        String contentType() {
            return "multipart/byteranges; boundary=" + boundary;
        }

        /** The value of {@code Content-Range} for one part (RFC 9110, section 14.4). */
        static String contentRange(ByteRange part, long whole) {
            return "bytes " + part.from() + "-" + (part.to() - 1) + "/" + whole;
        }

        @Override
        public Content content() {
            return content;
        }

        @Override
        public OptionalLong length() {
            return OptionalLong.of(length);
        }

        /** A part's head is given only together with the first of its bytes: as long as there are none, they may be refused. */
        @Override
        public int read(long position, ByteBuffer destination) throws ContentException {
            if (position >= length - close.length) {
                return copy(close, position - (length - close.length), destination);
            }
            int index = indexAt(position);
            long offset = position - begins[index] - headBytes[index];
            if (offset >= 0) {
                return readPart(parts.get(index), offset, destination);
            }
            int before = destination.position();
            int copied = copy(head(index), position - begins[index], destination);
            if (!destination.hasRemaining()) {
                return copied;
            }
            int count = readPart(parts.get(index), 0, destination);
            if (count <= 0) {
                destination.position(before);
                return count;
            }
            return copied + count;
        }

        @Override
        public void whenReadable(long position, Runnable task) {
            if (position >= length - close.length) {
                task.run();
                return;
            }
            int index = indexAt(position);
            long offset = Math.max(0, position - begins[index] - headBytes[index]);
            content.whenReadable(parts.get(index).from() + offset, task);
        }

        private int readPart(ByteRange part, long offset, ByteBuffer destination) throws ContentException {
            int limit = destination.limit();
            int room = (int) Math.min(destination.remaining(), part.length() - offset);
            destination.limit(destination.position() + room);
            try {
                return content.read(part.from() + offset, destination);
            } finally {
                destination.limit(limit);
            }
        }

        /** The part that a position lies in. */
        private int indexAt(long position) {
            int found = Arrays.binarySearch(begins, position);
            return found >= 0 ? found : -found - 2;
        }

        /** The bytes before a part; all but the first end the part before. */
        private byte[] head(int index) {
            return ascii((index == 0 ? "--" : "\r\n--") + boundary + "\r\nContent-Type: application/octet-stream\r\n"
                    + "Content-Range: " + contentRange(parts.get(index), whole) + "\r\n\r\n");
        }

        private static int copy(byte[] bytes, long from, ByteBuffer destination) {
            int count = (int) Math.min(destination.remaining(), bytes.length - from);
            destination.put(bytes, (int) from, count);
            return count;
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
    }
}

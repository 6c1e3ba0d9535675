package dev.freshet.cache.fill;

import dev.freshet.cache.name.Repository;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** What readers do with content. */
public final class Reading {

    private Reading() {}

    /** The content of a look-up that has some. */
    public static OpenedContent content(Lookup lookup) {
        return switch (lookup) {
            case Lookup.Stored(OpenedContent content) -> content;
            case Lookup.Joined(OpenedContent content, Repository leader) -> content;
            case Lookup.Started(OpenedContent content) -> content;
            case Lookup.Rejected() -> throw new AssertionError("declined");
        };
    }

    /** What can be read now, from a position on. */
    static byte[] available(Content content, long from) throws ContentException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(8 * 1024);
        while (content.read(from + all.size(), buffer.clear()) > 0) {
            all.write(buffer.array(), 0, buffer.position());
        }
        return all.toByteArray();
    }

    /** Waits until a read at this position would give something else than nothing. */
    static void awaitReadable(Content content, long position) throws InterruptedException {
        CountDownLatch readable = new CountDownLatch(1);
        content.whenReadable(position, readable::countDown);
        assertThat(readable.await(60, TimeUnit.SECONDS)).as("readable at %s", position).isTrue();
    }

    /** Reads to the end, waiting as long as it takes. */
    public static byte[] toEnd(Content content) throws ContentException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        into(content, all, Long.MAX_VALUE);
        return all.toByteArray();
    }

    /** Reads until so many bytes are there, or to the end; what was read before a failure is there as well. */
    static void into(Content content, ByteArrayOutputStream all, long most)
            throws ContentException, InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate(7919);
        while (all.size() < most) {
            int count = content.read(all.size(), buffer.clear());
            if (count < 0) {
                return;
            }
            if (count == 0) {
                awaitReadable(content, all.size());
            }
            all.write(buffer.array(), 0, count);
        }
    }
}

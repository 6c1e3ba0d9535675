package dev.freshet.cache.fill;

import java.nio.ByteBuffer;

/**
 * A blob's bytes for one reader, stored or still on their way. The reader pulls at its own speed and, unless the store takes no
 * bytes, does not slow other readers. No call blocks. One thread at a time may call it, but for {@link #close}, which any
 * thread may call.
 */
public interface Content extends AutoCloseable {

    /** Whether it is stored, or will be as far as is known by now; after {@link OpenedContent#awaitLength}, some is known. */
    boolean isKept();

    /** Where its bytes come from, as far as is known by now; after {@link OpenedContent#awaitLength}, some is known. */
    Source source();

    /** Whether bytes that were read once can be read again, until this is closed. */
    boolean isReadableAgain();

    /**
     * Copies bytes from a position, up to the buffer's limit or to what is there.
     *
     * @return how many were copied; 0 when there are none yet (use {@link #whenReadable}) or the buffer has no room; -1
     *     at the end
     * @throws ContentException if the bytes will never be there: the client must see a short body
     */
    int read(long position, ByteBuffer destination) throws ContentException;

    /**
     * Runs a task once, as soon as {@link #read} at this position would return something else than 0, perhaps at once
     * and on this thread, perhaps on the fill's; never, when the content is closed before. The task must be short and
     * must not block.
     */
    void whenReadable(long position, Runnable task);

    /** Ends the reading; a second call does nothing. */
    @Override
    void close();

    /** The place that a blob's bytes come from. */
    enum Source {

        /** The store: all of it is there, or was left there by an earlier fill, and the origin is not asked. */
        STORE,
        /** The store as far as an earlier fill has come, and the origin for the rest. */
        STORE_AND_ORIGIN,
        /** The origin. */
        ORIGIN
    }
}

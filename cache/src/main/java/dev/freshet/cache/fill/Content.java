package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRange;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * A blob's bytes for one reader, stored or still on their way. The reader pulls at its own speed and, unless the store takes no
 * bytes, does not slow other readers. The calls come in this order: {@link #awaitLength}; for ranges {@link #want} and {@link
 * #awaitAnswer}; {@link #read} and {@link #whenReadable} any number of times; {@link #close}. The first and the third may block.
 * One thread at a time may call it, but for {@link #close}, which any thread may call.
 */
public interface Content extends AutoCloseable {

    /**
     * Waits until the blob's length is known, or known to be unknown (empty).
     *
     * @throws ContentException if the fill ended without success, or nothing was known in time
     */
    OptionalLong awaitLength(Duration timeout) throws ContentException, InterruptedException;

    /**
     * Says which bytes will be read, in this order, by a reader that does not want all of them: other bytes need not come.
     * To be called once, when the length is known and before the first read.
     */
    void want(List<ByteRange> parts);

    /**
     * Waits, after {@link #want}, until the first of those bytes is there, or the origin has answered; not for long when it
     * does not.
     *
     * @throws ContentException if the fill ended without success
     */
    void awaitAnswer() throws ContentException, InterruptedException;

    /** Whether it is stored, or will be as far as is known by now; after {@link #awaitLength}, some is known. */
    boolean isKept();

    /** Where its bytes come from, as far as is known by now; after {@link #awaitLength}, some is known. */
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
}

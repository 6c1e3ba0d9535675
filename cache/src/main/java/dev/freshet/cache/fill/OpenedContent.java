package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRange;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * Content as a lookup gives it, before the first read: {@link #awaitLength} comes first, then, for ranges, {@link #want} and
 * {@link #awaitAnswer}. From then on it is used as {@link Content}, on which only reading is left.
 */
public interface OpenedContent extends Content {

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
}

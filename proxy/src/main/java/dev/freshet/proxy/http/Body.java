package dev.freshet.proxy.http;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.ContentException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** The bytes between an answer's head and its end, of which content is the most. Positions are those of the body. */
interface Body {

    /** What it is made of; whoever sends the body closes it. */
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
}

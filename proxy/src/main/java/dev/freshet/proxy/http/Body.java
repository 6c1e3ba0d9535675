package dev.freshet.proxy.http;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.ContentException;
import java.nio.ByteBuffer;
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
}

package dev.freshet.proxy.http;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.ContentException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * Content from a position on, and nothing else.
 *
 * @param from position in the content of the body's first byte
 */
record Stretch(Content content, long from, OptionalLong length) implements Body {

    @Override
    public int read(long position, ByteBuffer destination) throws ContentException {
        return content.read(from + position, destination);
    }

    @Override
    public void whenReadable(long position, Runnable task) {
        content.whenReadable(from + position, task);
    }
}

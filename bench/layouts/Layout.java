package layouts;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One blob of whole chunks, kept in a directory of its own; errors are those of the library or the disk. */
interface Layout extends AutoCloseable {

    void put(int number, ByteBuffer chunk) throws Exception;

    /** Returns when every chunk is on the disk for good. */
    void finish() throws Exception;

    /** Fills a direct buffer from within a chunk; the other buffer, of a chunk, may be used for it. */
    void read(int number, int offset, ByteBuffer into, ByteBuffer scratch) throws Exception;

    void drop() throws Exception;

    @Override
    void close() throws IOException;
}

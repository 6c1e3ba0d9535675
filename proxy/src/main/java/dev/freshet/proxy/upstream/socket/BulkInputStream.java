package dev.freshet.proxy.upstream.socket;

import java.io.IOException;
import java.io.InputStream;

/**
 * Takes what has arrived from another stream in large pieces and hands it out in small ones. It never waits for more than
 * one byte, and knows without a system call when more is there. A read that fails leaves it as it was. For one thread.
 */
final class BulkInputStream extends InputStream {

    private static final int PIECE = 64 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[PIECE];
    private int next;
    private int end;

    BulkInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (next == end && length >= PIECE) {
            return in.read(target, offset, length);
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, end - next);
        System.arraycopy(buffer, next, target, offset, count);
        next += count;
        return count;
    }

    @Override
    public int available() throws IOException {
        return next < end ? end - next : in.available();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean fill() throws IOException {
        if (next == end) {
            int count = in.read(buffer, 0, PIECE); // when this times out, what was read before must not come again
            next = 0;
            end = Math.max(0, count);
        }
        return next < end;
    }
}

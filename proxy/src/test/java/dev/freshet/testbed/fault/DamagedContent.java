package dev.freshet.testbed.fault;

import dev.freshet.testbed.wire.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Content whose byte at one position has all its bits inverted. */
record DamagedContent(Content whole, long at) implements Content {

    @Override
    public long length() {
        return whole.length();
    }

    @Override
    public InputStream open(long position) throws IOException {
        return new FilterInputStream(whole.open(position)) {

            private long next = position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = super.read(bytes, offset, length);
                if (n > 0) {
                    if (at >= next && at < next + n) {
                        bytes[offset + (int) (at - next)] ^= (byte) 0xff;
                    }
                    next += n;
                }
                return n;
            }
        };
    }
}

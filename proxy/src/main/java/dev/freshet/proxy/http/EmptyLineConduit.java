package dev.freshet.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The bytes of a connection without the empty lines before its requests, of which a server is to ignore at least one (RFC
 * 9112, section 2.2); Undertow's parser refuses them. Only whole CR LF are left out, {@value #MOST} before a request at most,
 * and only at the connection's begin and behind the CR LF CR LF that ends a head: no request on a connection that goes on has
 * a body.
 */
final class EmptyLineConduit extends AbstractStreamSourceConduit<StreamSourceConduit> {

    /** Empty lines before a request that are ignored; more are passed on, and refused. */
    static final int MOST = 8;

    private static final byte CR = '\r';
    private static final byte LF = '\n';

    private boolean before = true;
    private boolean heldCr;
    private int skipped;
    private int matched;

    private EmptyLineConduit(StreamSourceConduit next) {
        super(next);
    }

    /** Puts it in front of a connection that nothing was read of yet. */
    static void install(StreamConnection connection) {
        connection.getSourceChannel()
                .setConduit(new EmptyLineConduit(connection.getSourceChannel().getConduit()));
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
        int start = destination.position();
        while (destination.hasRemaining()) {
            if (heldCr) {
                destination.put(CR);
            }
            int count = destination.hasRemaining() ? next.read(destination) : 0;
            if (count <= 0) {
                destination.position(start);
                return count;
            }
            heldCr = false;
            keep(destination, start);
            if (destination.position() > start) {
                return destination.position() - start;
            }
        }
        return 0;
    }

    @Override
    public long read(ByteBuffer[] destinations, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (destinations[i].hasRemaining()) {
                return read(destinations[i]);
            }
        }
        return 0;
    }

    /** Moves what is kept of the bytes from here to the buffer's position together. */
    private void keep(ByteBuffer bytes, int start) {
        int kept = start;
        for (int i = start; i < bytes.position(); i++) {
            byte next = bytes.get(i);
            if (heldCr) {
                heldCr = false;
                if (next == LF) {
                    skipped++;
                    continue;
                }
                bytes.put(kept++, follow(CR));
            } else if (before && next == CR && skipped < MOST) {
                heldCr = true;
                continue;
            }
            bytes.put(kept++, follow(next));
        }
        bytes.position(kept);
    }

    /** Notes a byte that is kept: with the last one of CR LF CR LF, what comes next is before a request. */
    private byte follow(byte kept) {
        before = false;
        boolean expected = kept == (matched % 2 == 0 ? CR : LF);
        if (expected) {
            matched++;
        } else {
            matched = kept == CR ? 1 : 0;
        }
        if (matched == 4) {
            matched = 0;
            before = true;
            skipped = 0;
        }
        return kept;
    }
}

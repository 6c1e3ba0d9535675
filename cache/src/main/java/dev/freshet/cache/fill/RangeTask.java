package dev.freshet.cache.fill;

import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.RangeWriter;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One contiguous range that one connection brings, and how far it has come. One thread at a time brings it; any thread may drop
 * it, which ends its connection, so that the rest can be asked for anew.
 */
final class RangeTask {

    private final long from;
    private volatile long to;
    private volatile long waitedNanos;
    private volatile long waitsSince;
    private volatile boolean waits = true;
    private @Nullable RangeWriter range;
    private volatile long position;
    private volatile @Nullable Transfer transfer;
    private volatile boolean dropped;

    /**
     * @param to position behind its last byte; {@link ByteRange#END} when that is not known
     * @param nowNanos when it begins
     */
    RangeTask(long from, long to, long nowNanos) {
        this.from = from;
        this.to = to;
        this.position = from;
        this.waitsSince = nowNanos;
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    /** Its connection brings more than was asked for. */
    void extendTo(long end) {
        to = end;
    }

    /** The next byte that it is to bring. */
    long position() {
        return position;
    }

    /** Bytes that are to come. */
    long left() {
        return to - position;
    }

    boolean isComplete() {
        return position >= to;
    }

    /** Bytes that are to come; none when it is complete. */
    ByteRange missing() {
        return new ByteRange(position, to);
    }

    /** Puts all the buffer's bytes into the writer; after a failure it stands behind those that are there. */
    void append(BlobWriter writer, ByteBuffer source) throws StoreException {
        RangeWriter open = range;
        if (open == null) {
            open = writer.rangeWriter(position);
            range = open;
        }
        try {
            open.append(source);
        } finally {
            position = open.position();
        }
    }

    /** So many bytes have come that went elsewhere. */
    void passed(int bytes) {
        long next = position + bytes;
        position = next;
    }

    /** Its bytes come from here; false when it was dropped meanwhile, and the transfer is closed. */
    boolean begin(Transfer opened) {
        transfer = opened;
        if (dropped) {
            opened.close();
        }
        return !dropped;
    }

    /** Ends its connection, now or as soon as there is one. */
    void drop() {
        dropped = true;
        end();
    }

    boolean isDropped() {
        return dropped;
    }

    /** Lets go of its connection. */
    void end() {
        Transfer running = transfer;
        if (running != null) {
            running.close();
        }
    }

    /** It waits for the origin from now on. */
    void waits(long nowNanos) {
        waitsSince = nowNanos;
        waits = true;
    }

    /** The origin has sent something, which is dealt with now. */
    void hasGot(long nowNanos) {
        long all = waitedNanos + nowNanos - waitsSince;
        waits = false;
        waitedNanos = all;
    }

    /** For how long its origin has sent nothing that was waited for, in nanoseconds. */
    long silence(long nowNanos) {
        return waits ? nowNanos - waitsSince : 0;
    }

    /** How fast it has come while it waited for the origin, in bytes per second. */
    double rate(long nowNanos) {
        return (position - from) * 1e9 / Math.max(1, waited(nowNanos));
    }

    /** For how long it has waited for the origin, all together, in nanoseconds. */
    long waited(long nowNanos) {
        return waitedNanos + (waits ? nowNanos - waitsSince : 0);
    }
}

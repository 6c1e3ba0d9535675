package dev.freshet.proxy.upstream.blob;

import dev.freshet.proxy.upstream.call.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import okio.BufferedSource;

/** One answer's body, as a range of a blob that may begin before the requested bytes, and end behind them. */
final class AnswerBody {

    private final Reply reply;
    private final BufferedSource source;
    private final boolean isChunked;
    private long unwanted;
    private long left;

    /** @param unwanted how many of its first bytes are to be skipped */
    AnswerBody(Reply reply, long unwanted) {
        this.reply = reply;
        this.source = reply.response().body().source();
        this.left = reply.response().body().contentLength();
        this.isChunked = left < 0 && reply.response().header("Transfer-Encoding") != null;
        this.unwanted = unwanted;
    }

    /** How many bytes come before the first that is wanted. */
    long unwanted() {
        return unwanted;
    }

    /**
     * Reads some of the unwanted bytes, and forgets them.
     *
     * @param scratch room for them; it is left as it was
     * @return how many; -1 at the body's end
     */
    int skip(ByteBuffer scratch) throws IOException {
        int count = take(scratch.duplicate(), unwanted);
        unwanted -= Math.max(0, count);
        return count;
    }

    /** Whether a wait for the next byte would end at once; may say no when it would. */
    boolean hasBytes() {
        return !source.getBuffer().exhausted();
    }

    /** Waits for the next byte; false when the body ends before. */
    boolean await() throws IOException {
        return source.request(1);
    }

    /**
     * Waits for bytes, and takes with them what has come already.
     *
     * @param most how many are wanted, at least one; it looks for no more
     * @return how many; -1 at the body's end
     */
    int read(ByteBuffer destination, long most) throws IOException {
        int count = take(destination, most);
        int more = count;
        while (more > 0 && count < most && destination.hasRemaining() && hasMore()) {
            more = take(destination, most - count);
            count += Math.max(0, more);
        }
        return count;
    }

    /** Gives back its connection if nothing is left of it, as far as can be told without waiting; says whether it has. */
    boolean giveBack() {
        try {
            if (left != 0 && (left > 0 || !hasMore() || !source.exhausted())) {
                return false;
            }
        } catch (IOException broken) {
            return false;
        }
        reply.release();
        return true;
    }

    /** Whether a read would return at once: what has come of a chunked body may be no more than the line between two chunks. */
    private boolean hasMore() throws IOException {
        return isChunked ? hasBytes() : reply.arrived().hasMore(source);
    }

    private int take(ByteBuffer destination, long most) throws IOException {
        int limit = destination.limit();
        destination.limit(destination.position() + (int) Math.min(destination.remaining(), most));
        try {
            int count = source.read(destination);
            left -= left > 0 ? Math.max(0, count) : 0;
            return count;
        } finally {
            destination.limit(limit);
        }
    }
}

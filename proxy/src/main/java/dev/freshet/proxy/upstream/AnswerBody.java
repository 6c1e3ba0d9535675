package dev.freshet.proxy.upstream;

import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import okio.BufferedSource;

/** One answer's body, as a stretch of a blob that may begin with bytes that are known already. */
final class AnswerBody {

    private final Reply reply;
    private final BufferedSource source;
    private long known;

    /** @param known how many of its first bytes are to be skipped */
    AnswerBody(Reply reply, long known) {
        this.reply = reply;
        this.source = reply.response().body().source();
        this.known = known;
    }

    /** How many bytes come before the first that is wanted. */
    long known() {
        return known;
    }

    /**
     * Reads some of the known bytes, and forgets them.
     *
     * @param scratch room for them; it is left as it was
     * @return how many; -1 at the body's end
     */
    int skip(ByteBuffer scratch) throws IOException {
        ByteBuffer room = scratch.duplicate();
        int count = source.read(room.limit((int) Math.min(room.limit(), room.position() + known)));
        known -= Math.max(0, count);
        return count;
    }

    /**
     * Waits for bytes, and takes with them what has come already.
     *
     * @param most how many are wanted; when so many were taken, it looks for no more
     * @return how many; -1 at the body's end
     */
    int read(ByteBuffer destination, long most) throws IOException {
        int count = source.read(destination);
        while (count > 0 && count < most && destination.hasRemaining() && reply.flow().hasMore(source)) {
            count += Math.max(0, source.read(destination));
        }
        return count;
    }
}

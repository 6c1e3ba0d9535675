package dev.freshet.proxy.http;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.http.RequestEnded.Outcome;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.channels.StreamSinkChannel;

/**
 * The sending of a body, as the client takes it and as it comes, on the exchange's I/O thread and without blocking it. It
 * holds one small buffer at most while it waits for the client, and none while it waits for bytes. A client that takes
 * much at once is sent content that can be read again from large buffers; what it has not taken of one is read again.
 *
 * <p>Content that fails cuts the connection, unless nothing was sent yet: a body is never padded and never ended as if
 * it were whole.
 */
final class BodyPump {

    /** Bytes that a client has taken without a pause when large buffers are worth their while. */
    static final int TAKES_MUCH = 512 * 1024;

    /** Bytes after which others on the same I/O thread have their turn: a millisecond's worth for the fastest client. */
    private static final int FAIR_SHARE = 1 << 20;

    private static final AttachmentKey<BodyPump> CURRENT = AttachmentKey.create(BodyPump.class);

    private final HttpServerExchange exchange;
    private final Responder responder;
    private final Body body;
    private final Content content;
    private final BodyBuffers buffers;
    private final OptionalLong end;

    private long position;
    private long resumedAt;
    private boolean takesMuch;
    private boolean isLarge;
    private boolean finished;
    private @Nullable PooledByteBuffer buffer;
    private @Nullable ByteBuffer outgoing;
    private @Nullable StreamSinkChannel channel;

    /** @param body sent as far as its length; until its content ends, when it has none */
    BodyPump(HttpServerExchange exchange, Responder responder, Body body, BodyBuffers buffers) {
        this.exchange = exchange;
        this.responder = responder;
        this.body = body;
        this.content = body.content();
        this.buffers = buffers;
        this.end = body.length();
    }

    void begin() {
        watch(exchange.getConnection());
        pump();
    }

    /** Learns of the connection's end; one listener serves all requests of a connection, as it cannot be removed. */
    private void watch(ServerConnection connection) {
        boolean isFirst = connection.putAttachment(CURRENT, this) == null;
        if (isFirst) {
            connection.addCloseListener(closed -> {
                BodyPump current = closed.getAttachment(CURRENT);
                if (current != null) {
                    current.finish(Outcome.CLIENT_GONE);
                }
            });
        }
    }

    private void pump() {
        try {
            long yieldAt = position + FAIR_SHARE;
            while (!finished) {
                if (position >= yieldAt) {
                    goOnWhenWritable();
                    return;
                }
                ByteBuffer ready = outgoing;
                if (ready != null && ready.hasRemaining()) {
                    int sent = channel().write(ready);
                    if (sent == 0) {
                        awaitClient();
                        return;
                    }
                    position += sent;
                } else if (end.isPresent() && position == end.getAsLong()) {
                    finish(Outcome.COMPLETE);
                } else if (!fill()) {
                    return;
                }
            }
        } catch (ContentException e) {
            fail(e);
        } catch (IOException e) {
            finish(Outcome.CLIENT_GONE);
        } catch (RuntimeException e) {
            responder.because("sending failed by a defect in Freshet: " + e);
            finish(Outcome.CUT);
        }
    }

    /** Reads what there is to send next; false when there is nothing yet. */
    private boolean fill() throws IOException {
        ByteBuffer free = buffer();
        if (end.isPresent() && end.getAsLong() - position < free.remaining()) {
            free.limit((int) (end.getAsLong() - position));
        }
        int count = read(free);
        if (count > 0) {
            outgoing = free.flip();
        } else if (count == 0) {
            release();
            awaitContent();
            return false;
        } else if (end.isEmpty()) {
            finish(Outcome.COMPLETE);
        } else {
            responder.because("body ended at byte " + position + " of " + end.getAsLong());
            finish(Outcome.CUT);
        }
        return true;
    }

    private void awaitClient() throws IOException {
        takesMuch = position - resumedAt >= TAKES_MUCH;
        resumedAt = position;
        goOnWhenWritable();
    }

    /** Others whose sockets are ready come first. */
    private void goOnWhenWritable() throws IOException {
        if (isLarge && content.isReadableAgain()) {
            release();
        }
        channel().getWriteSetter().set(writable -> pump());
        channel().resumeWrites();
    }

    /**
     * Flushes first, even if there is only the head: clients do not wait long for a head. Where the upstream has to be asked
     * after all, and may refuse, the head waits for the first byte.
     */
    private void awaitContent() throws IOException {
        if (channel == null && responder.revise(content)) {
            resumeWhenReadable(0);
            return;
        }
        StreamSinkChannel waiting = channel();
        waiting.suspendWrites();
        if (!waiting.flush()) {
            waiting.getWriteSetter().set(ChannelListeners.flushingChannelListener(StreamSinkChannel::suspendWrites,
                    (broken, failure) -> finish(Outcome.CLIENT_GONE)));
            waiting.resumeWrites();
        }
        resumeWhenReadable(position);
    }

    private void resumeWhenReadable(long at) {
        body.whenReadable(at, () -> exchange.getIoThread().execute(this::pump));
    }

    private StreamSinkChannel channel() {
        StreamSinkChannel opened = channel;
        if (opened == null) {
            responder.revise(content);
            opened = exchange.getResponseChannel();
            channel = opened;
        }
        return opened;
    }

    /** Takes as much as there is room for; 0 and -1 as {@link Body#read} says. */
    private int read(ByteBuffer free) throws ContentException {
        int count = body.read(position, free);
        int total = count;
        while (count > 0 && free.hasRemaining()) {
            count = body.read(position + total, free);
            total += Math.max(0, count);
        }
        return total;
    }

    /** Says so while nothing has been sent; afterwards there is only the cut. */
    private void fail(ContentException failure) {
        if (exchange.isResponseStarted()) {
            responder.because(String.valueOf(failure.getMessage()));
            finish(Outcome.CUT);
        } else {
            finished = true;
            release();
            content.close();
            responder.refuse(Errors.of(failure));
        }
    }

    private void finish(Outcome outcome) {
        if (!finished) {
            finished = true;
            release();
            content.close();
            responder.finish(outcome, position);
        }
    }

    private ByteBuffer buffer() {
        boolean isWorthwhile = content.isReadableAgain() && (takesMuch || position - resumedAt >= TAKES_MUCH);
        if (isWorthwhile != isLarge) {
            release();
        }
        PooledByteBuffer held = buffer;
        if (held == null) {
            isLarge = isWorthwhile;
            held = buffers.take(isLarge);
            buffer = held;
        }
        return held.getBuffer().clear();
    }

    private void release() {
        PooledByteBuffer held = buffer;
        if (held != null) {
            buffer = null;
            outgoing = null;
            held.close();
        }
    }

    /**
     * The buffers that bodies are sent from. A small buffer may be kept by a reader while it takes nothing; a large one, from which a
     * reader in a hurry is sent with less CPU, goes back before anything is waited for, so that there are never more of them
     * than I/O threads.
     *
     * @param small buffers of 64 KiB
     * @param large buffers of 256 KiB
     */
    record BodyBuffers(ByteBufferPool small, ByteBufferPool large) implements AutoCloseable {

        private static final int SMALL_BYTES = 64 * 1024;
        private static final int SMALL_POOLED = 128;
        private static final int LARGE_BYTES = 256 * 1024;
        private static final int LARGE_POOLED = 16;
        private static final int CACHED_BY_THREAD = 4;

        /** Direct buffers, of which some are kept. */
        static BodyBuffers direct() {
            return new BodyBuffers(new DefaultByteBufferPool(true, SMALL_BYTES, SMALL_POOLED, CACHED_BY_THREAD),
                    new DefaultByteBufferPool(true, LARGE_BYTES, LARGE_POOLED, 1));
        }

        /** An empty buffer, which the caller closes. */
        PooledByteBuffer take(boolean isLarge) {
            return (isLarge ? large : small).allocate();
        }

        @Override
        public void close() {
            small.close();
            large.close();
        }
    }
}

package dev.freshet.testbed.fault;

import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Ending;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Manner;
import dev.freshet.testbed.wire.Reply;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** One way in which an upstream misbehaves. Positions count the bytes of the body of the answer that is befallen. */
public sealed interface Fault {

    /** What becomes of the answer; faults that follow see the result. */
    Delivery apply(Delivery delivery);

    /** Another answer altogether, such as a 500, a 429 with {@code Retry-After} or a login page. */
    record Instead(Reply other) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.reply(r -> other);
        }
    }

    /** The right answer with these header fields in place of its own; a wrong {@code Content-Range}, for instance. */
    record WithHeaders(Headers headers) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.reply(r -> new Reply(r.status(), r.headers().withAll(headers), r.content()));
        }
    }

    /** The right answer without this header field. */
    record WithoutHeader(String name) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.reply(r -> r.withoutHeader(name));
        }
    }

    /** A redirect that leads to where this makes of the right {@code Location}. */
    record Relocated(UnaryOperator<String> change) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.reply(r -> r.headers().first("Location")
                    .map(location -> r.withHeader("Location", change.apply(location))).orElse(r));
        }
    }

    /** The right answer under another status. */
    record WithStatus(int status) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.reply(r -> new Reply(status, r.headers(), r.content()));
        }
    }

    /** Right in everything but the body. */
    record WithBody(Content body) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.reply(r -> r.withContent(body));
        }
    }

    /** The byte at this position is another one. */
    record CorruptAt(long at) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.reply(r -> r.withContent(new DamagedContent(r.content(), at)));
        }
    }

    /** Compressed though nobody asked for it. */
    record Gzipped() implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.reply(
                    r -> r.withContent(GzippedContent.of(r.content())).withHeader("Content-Encoding", "gzip"));
        }
    }

    /** The connection ends after so many bytes; {@link Framing#CHUNKED} before it makes it a truncated chunked body. */
    record CutAt(long at, Ending ending) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.manner(m -> m.cutAt(at, ending));
        }
    }

    /** The transfer waits after so many bytes, or before the head, until the gate opens. */
    record HoldAt(long at, Gate gate) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.manner(m -> m.heldAt(at, gate));
        }
    }

    /** At most so many bytes per second. */
    record Throttled(long bytesPerSecond) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.manner(m -> m.paced(bytesPerSecond));
        }
    }

    /** One byte after the other with this pause before each. */
    record Trickled(Duration pause) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.manner(m -> m.trickled(pause));
        }
    }

    /** The body's end marked in another way than by its length. */
    record Framed(Framing framing) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.manner(m -> m.framed(framing));
        }
    }

    /** These characters in place of status line and header fields; the body follows them. */
    record RawHead(String head) implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery.manner(m -> m.headed(head));
        }
    }

    /** {@code Range} is not understood: the answer is 200 with everything. Seen by the server before it answers. */
    record IgnoreRange() implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery;
        }
    }

    /** The signed URL in the redirect has expired before it is handed out. Seen by the registry before it signs. */
    record ExpiredUrl() implements Fault {

        @Override
        public Delivery apply(Delivery delivery) {
            return delivery;
        }
    }

    /** {@link CutAt} with a FIN. */
    static Fault cutAt(long at) {
        return new CutAt(at, Ending.FIN);
    }

    /** {@link CutAt} with a reset. */
    static Fault resetAt(long at) {
        return new CutAt(at, Ending.RST);
    }

    /** {@link HoldAt} before the first byte of the head. */
    static Fault slowHead(Gate gate) {
        return new HoldAt(Manner.BEFORE_HEAD, gate);
    }

    /** {@link HoldAt} that nothing but the end of the connection ends. */
    static Fault stallAt(long at) {
        return new HoldAt(at, new Gate());
    }

    /** A status and nothing else. */
    static Fault status(int status) {
        return new Instead(Reply.error(status, "UNKNOWN", "made to fail with " + status));
    }

    /** A status with header fields. */
    static Fault status(int status, Headers headers) {
        return new Instead(new Reply(status, headers, Content.of("made to fail with " + status)));
    }

    /** A login page with status 200. */
    static Fault loginPage() {
        return new Instead(Reply.of(200, "text/html; charset=utf-8", "<html><body>Please log in</body></html>"));
    }

    /** {@link WithHeaders} with one field. */
    static Fault header(String name, String value) {
        return new WithHeaders(Headers.of(name, value));
    }

    /** A redirect that leads to where this says, which may be anything. */
    static Fault redirect(String location) {
        return new Instead(Reply.empty(307, Headers.of("Location", location)));
    }
}

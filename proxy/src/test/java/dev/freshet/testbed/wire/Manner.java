package dev.freshet.testbed.wire;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * How an answer is put on the wire. Positions count the bytes of this answer's body.
 *
 * @param framing how the body's end is marked
 * @param cut where the connection is ended before its time
 * @param holds where the transfer waits
 * @param pace the most bytes per second; {@code Long.MAX_VALUE} without limit
 * @param perByte a pause before each single byte, zero for none
 * @param rawHead bytes that are sent in place of status line and header fields
 * @param expired asked all the time; the connection is ended as soon as it says true
 * @param expiryEnding how it is ended then
 */
public record Manner(Framing framing, Optional<Cut> cut, List<Hold> holds, long pace, Duration perByte,
        Optional<String> rawHead, BooleanSupplier expired, Ending expiryEnding) {

    /** The position of a {@link Hold} before the first byte of the head. */
    public static final long BEFORE_HEAD = -1;

    /** As a well-behaved server does it. */
    public static final Manner PLAIN = new Manner(Framing.LENGTH, Optional.empty(), List.of(), Long.MAX_VALUE,
            Duration.ZERO, Optional.empty(), () -> false, Ending.FIN);

    /**
     * An early end.
     *
     * @param at the number of body bytes that are sent before it
     * @param ending how
     */
    public record Cut(long at, Ending ending) {}

    /**
     * A place to wait.
     *
     * @param at the number of body bytes that are sent before it, or {@link #BEFORE_HEAD}
     * @param gate what opens it
     */
    public record Hold(long at, Gate gate) {}

    /** With another framing. */
    public Manner framed(Framing other) {
        return new Manner(other, cut, holds, pace, perByte, rawHead, expired, expiryEnding);
    }

    /** With an early end. */
    public Manner cutAt(long at, Ending ending) {
        return new Manner(framing, Optional.of(new Cut(at, ending)), holds, pace, perByte, rawHead, expired,
                expiryEnding);
    }

    /** With one more place to wait. */
    public Manner heldAt(long at, Gate gate) {
        List<Hold> more = new ArrayList<>(holds);
        more.add(new Hold(at, gate));
        return new Manner(framing, cut, List.copyOf(more), pace, perByte, rawHead, expired, expiryEnding);
    }

    /** With at most so many bytes per second. */
    public Manner paced(long bytesPerSecond) {
        return new Manner(framing, cut, holds, bytesPerSecond, perByte, rawHead, expired, expiryEnding);
    }

    /** With a pause before each byte. */
    public Manner trickled(Duration pause) {
        return new Manner(framing, cut, holds, pace, pause, rawHead, expired, expiryEnding);
    }

    /** With these characters, ISO 8859-1, in place of the head. */
    public Manner headed(String head) {
        return new Manner(framing, cut, holds, pace, perByte, Optional.of(head), expired, expiryEnding);
    }

    /** Ended as soon as the question is answered with true. */
    public Manner until(BooleanSupplier isExpired, Ending ending) {
        return new Manner(framing, cut, holds, pace, perByte, rawHead, isExpired, ending);
    }

    /** The head that an answer gets. */
    byte[] head(Reply reply) {
        return rawHead.orElseGet(() -> regularHead(reply)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String regularHead(Reply reply) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(reply.status()).append(" Status\r\n");
        for (Headers.Field field : reply.headers().fields()) {
            head.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        switch (framing) {
            case LENGTH -> {
                boolean bodiless = reply.status() == 204 || reply.status() == 304;
                if (!bodiless && !reply.headers().has("Content-Length")) {
                    head.append("Content-Length: ").append(reply.content().length()).append("\r\n");
                }
            }
            case CHUNKED -> head.append("Transfer-Encoding: chunked\r\n");
            case UNTIL_CLOSE -> head.append("Connection: close\r\n");
        }
        return head.append("\r\n").toString();
    }
}

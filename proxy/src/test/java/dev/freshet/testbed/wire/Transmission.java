package dev.freshet.testbed.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The sending of one answer over one connection. */
final class Transmission {

    private static final int PIECE = 64 * 1024;
    /** How often a waiting transfer looks whether it has expired. */
    private static final Duration SLICE = Duration.ofMillis(10);

    private final Connection connection;
    private final Request request;
    private final Answer answer;
    private final Manner manner;
    private final OutputStream out;
    private long sent;
    private long startedAt;

    Transmission(Connection connection, Request request, Answer answer) {
        this.connection = connection;
        this.request = request;
        this.answer = answer;
        this.manner = answer.manner();
        this.out = connection.out();
    }

    /** Sends it all, or as much as the manner allows; true if the connection can serve another request. */
    boolean run() throws IOException, InterruptedException {
        boolean complete = false;
        try {
            complete = hold(Manner.BEFORE_HEAD) && head() && (request.isHead() ? !isCutHere() : body());
        } finally {
            answer.progress().ended(complete);
        }
        if (complete && (manner.framing() == Framing.UNTIL_CLOSE || wantsClose())) {
            connection.end(Ending.FIN);
            return false;
        }
        return complete;
    }

    private boolean wantsClose() {
        return request.header("Connection").filter("close"::equalsIgnoreCase).isPresent()
                || answer.reply().headers().first("Connection").filter("close"::equalsIgnoreCase).isPresent();
    }

    private boolean head() throws IOException {
        answer.progress().started(answer.reply().status());
        out.write(manner.head(answer.reply()));
        startedAt = System.nanoTime();
        return true;
    }

    private boolean body() throws IOException, InterruptedException {
        long length = answer.reply().content().length();
        byte[] piece = new byte[PIECE];
        try (InputStream content = answer.reply().content().open(0)) {
            while (true) {
                if (!hold(sent) || cut() || !pace()) {
                    return false;
                }
                if (sent == length) {
                    break;
                }
                int n = content.readNBytes(piece, 0, (int) Math.min(PIECE, nextStop(length) - sent));
                if (n == 0) {
                    throw new IOException("the content ended at " + sent + " of " + length);
                }
                write(piece, n);
            }
        }
        if (manner.framing() == Framing.CHUNKED) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        return true;
    }

    private void write(byte[] piece, int n) throws IOException {
        if (manner.framing() == Framing.CHUNKED) {
            out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(piece, 0, n);
            out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        } else {
            out.write(piece, 0, n);
        }
        sent += n;
        answer.progress().sent(n);
    }

    /** The next position where something is to happen. */
    private long nextStop(long length) {
        long stop = manner.perByte().isZero() ? length : sent + 1;
        for (Manner.Hold hold : manner.holds()) {
            if (hold.at() > sent) {
                stop = Math.min(stop, hold.at());
            }
        }
        if (manner.cut().isPresent()) {
            stop = Math.min(stop, manner.cut().orElseThrow().at());
        }
        return stop;
    }

    private boolean cut() throws IOException {
        return isCutHere() || expired();
    }

    /** Ends the connection if it is to be cut at this position; after the head of an answer to HEAD, that is 0. */
    private boolean isCutHere() throws IOException {
        if (manner.cut().filter(c -> c.at() <= sent).isPresent()) {
            connection.end(manner.cut().orElseThrow().ending());
            return true;
        }
        return false;
    }

    /** Ends the connection if its time is over. */
    private boolean expired() throws IOException {
        if (manner.expired().getAsBoolean()) {
            connection.end(manner.expiryEnding());
            return true;
        }
        return false;
    }

    /** Waits at the gates of this position; false if the transfer expired or the peer left meanwhile. */
    private boolean hold(long at) throws IOException, InterruptedException {
        for (Manner.Hold hold : manner.holds()) {
            if (hold.at() == at) {
                hold.gate().arrive();
                while (!hold.gate().awaitOpen(SLICE)) {
                    if (expired() || connection.peerClosed()) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Waits until the next byte is due; false if the transfer expired meanwhile. */
    private boolean pace() throws IOException, InterruptedException {
        long due = startedAt;
        if (manner.pace() != Long.MAX_VALUE) {
            due += (long) (sent * 1e9 / manner.pace());
        }
        due += manner.perByte().toNanos() * (sent + 1);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, SLICE.toNanos()));
            if (Thread.interrupted()) {
                throw new InterruptedException("the server is being stopped");
            }
            if (expired()) {
                return false;
            }
        }
        return true;
    }
}

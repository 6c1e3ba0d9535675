package dev.freshet.proxy.http;

import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.xnio.XnioExecutor;

/**
 * The body of a request that is answered without it. A connection that is closed while bytes of it are still on their way is
 * reset, and the client may lose the answer (RFC 9112, section 9.6). So the body is read and thrown away before the answer,
 * within bounds.
 */
public final class UnreadBody {

    /** Bytes of a body that are thrown away; a longer one is answered before it has come. */
    static final long MOST = 1 << 20;

    /** Undertow's bound of an entity, which is off: it ends the connection without an answer. */
    public static final long ENTITY_BOUND = -1;

    private static final int UNBOUNDED = -1;

    private static final long SECONDS = 5;

    private UnreadBody() {}

    /**
     * Answers on the exchange's I/O thread, when the body has come or {@value #SECONDS} s from now at the latest; at once when
     * there is none, or when the client waits for leave to send it (RFC 9110, section 10.1.1). The connection is closed after
     * an answer to a request with a body.
     */
    public static void discard(HttpServerExchange exchange, Runnable answer) {
        if (exchange.isRequestComplete()) {
            answer.run();
            return;
        }
        exchange.setPersistent(false);
        if (HttpContinue.requiresContinueResponse(exchange)) {
            answer.run();
            return;
        }
        AtomicBoolean answered = new AtomicBoolean();
        Runnable once = () -> {
            if (answered.compareAndSet(false, true)) {
                answer.run();
            }
        };
        XnioExecutor.Key end = exchange.getIoThread().executeAfter(once, SECONDS, TimeUnit.SECONDS);
        exchange.addExchangeCompleteListener((ended, next) -> {
            end.remove();
            next.proceed();
        });
        AtomicLong discarded = new AtomicLong();
        Receiver receiver = exchange.getRequestReceiver();
        receiver.setMaxBufferSize(UNBOUNDED);
        receiver.receivePartialBytes((reading, bytes, isLast) -> {
            if (isLast || discarded.addAndGet(bytes.length) > MOST) {
                once.run();
            }
        }, (broken, failure) -> once.run());
    }
}

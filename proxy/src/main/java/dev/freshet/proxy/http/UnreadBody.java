package dev.freshet.proxy.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.xnio.XnioExecutor;

/**
 * The body of a request that is answered without it. A connection that is closed while bytes of it are still on their way is
 * reset, and the client may lose the answer (RFC 9112, section 9.6). So the body is read and thrown away before the answer,
 * within bounds.
 */
public final class UnreadBody {

    /** Bytes of a body that are thrown away; a longer one is answered before it has come. */
    public static final long MOST = 1 << 20;

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
        exchange.getRequestReceiver().receivePartialBytes((reading, bytes, isLast) -> {
            if (isLast) {
                once.run();
            }
        }, (broken, failure) -> once.run());
    }
}

package dev.freshet.proxy.http;

import dev.freshet.proxy.http.RequestLog.Outcome;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;

/** Ends the exchange when a body that was in memory has been sent. */
final class EndCallback implements IoCallback {

    private final Responder responder;
    private final long bytes;

    EndCallback(Responder responder, long bytes) {
        this.responder = responder;
        this.bytes = bytes;
    }

    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
        responder.finish(Outcome.COMPLETE, bytes);
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
        responder.finish(Outcome.CLIENT_GONE, 0);
    }
}

package dev.freshet.proxy.http;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.http.BodyPump.BodyBuffers;
import dev.freshet.proxy.range.RangeSet;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.serve.RegistryService;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The handler of requests: routed at once, answered on a thread that may wait, sent by the I/O thread again. */
final class DataHandler implements HttpHandler {

    private final Router router;
    private final RegistryService service;
    private final Executor waiting;
    private final Consumer<Event> events;
    private final BodyBuffers buffers;
    private final LongSupplier ticker;

    DataHandler(Router router, RegistryService service, Executor waiting, Consumer<Event> events, BodyBuffers buffers,
            LongSupplier ticker) {
        this.router = router;
        this.service = service;
        this.waiting = waiting;
        this.events = events;
        this.buffers = buffers;
        this.ticker = ticker;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Optional<OciError> refusal = Requests.refusal(exchange);
        if (refusal.isPresent() || !Requests.isRead(exchange) || Requests.isLast(exchange)) {
            exchange.setPersistent(false);
        }
        if (refusal.isPresent()) {
            refuse(exchange, null, refusal.get());
            return;
        }
        Route route = router.route(Requests.head(exchange));
        Responder responder = responder(exchange, route);
        switch (route) {
            case Route.Ping ping -> responder.send(new Answer.Pong());
            case Route.Unroutable(OciError error) -> refuse(exchange, route, error);
            case Route.Either either -> dispatch(exchange, either, ranges(exchange, either.stripped()), responder);
            case Route.Manifest manifest -> dispatch(exchange, manifest, RangeSet.WHOLE, responder);
            case Route.Tags tags -> dispatch(exchange, tags, RangeSet.WHOLE, responder);
            case Route.Referrers referrers -> dispatch(exchange, referrers, RangeSet.WHOLE, responder);
            case Route.Blob blob -> dispatch(exchange, blob, ranges(exchange, blob), responder);
        }
    }

    private static RangeSet ranges(HttpServerExchange exchange, Route route) {
        return route instanceof Route.Blob(Repository repository, Digest digest)
                ? Conditions.ranges(exchange.getRequestHeaders(), digest)
                : RangeSet.WHOLE;
    }

    /** Answers what comes after the end has begun, so that its client asks elsewhere, or again. */
    void refuseAsStopping(HttpServerExchange exchange) {
        exchange.setPersistent(false);
        refuse(exchange, null, Errors.stopping());
    }

    /** Says why, once the request's body is out of the way; at once where its end is in doubt. */
    private void refuse(HttpServerExchange exchange, @Nullable Route route, OciError error) {
        Responder responder = responder(exchange, route);
        Answer answer = new Answer.Failure(error, CacheStatus.NONE);
        if (Requests.isFramed(exchange)) {
            UnreadBody.discard(exchange, () -> responder.send(answer));
        } else {
            responder.send(answer);
        }
    }

    private void dispatch(HttpServerExchange exchange, Route route, RangeSet ranges, Responder responder) {
        boolean headOnly = exchange.getRequestMethod().equals(Methods.HEAD);
        exchange.dispatch(waiting, () -> {
            Answer answer = new Answer.Failure(Errors.internal(), CacheStatus.NONE);
            try {
                answer = service.answer(route, headOnly, ranges);
            } finally {
                Answer made = answer;
                exchange.getIoThread().execute(() -> responder.send(made));
            }
        });
    }

    private Responder responder(HttpServerExchange exchange, @Nullable Route route) {
        return new Responder(exchange, route, events, buffers, ticker);
    }
}

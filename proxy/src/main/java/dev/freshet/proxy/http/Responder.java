package dev.freshet.proxy.http;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.http.Body.Multipart;
import dev.freshet.proxy.http.BodyPump.BodyBuffers;
import dev.freshet.proxy.http.RequestEnded.Outcome;
import dev.freshet.proxy.range.Selection;
import dev.freshet.proxy.route.Route;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;

/** The sending of one answer. All of it runs on the exchange's I/O thread. */
final class Responder {

    private static final Logger LOG = LoggerFactory.getLogger(Responder.class);
    private static final HttpString API_VERSION = new HttpString("Docker-Distribution-API-Version");
    private static final HttpString CONTENT_DIGEST = new HttpString("Docker-Content-Digest");
    private static final HttpString CACHE_STATUS = new HttpString("Cache-Status");
    private static final HttpString OCI_NAMESPACE = new HttpString("OCI-Namespace");
    private static final HttpString LINK = new HttpString("Link");
    private static final HttpString FILTERS_APPLIED = new HttpString("OCI-Filters-Applied");
    private static final HttpString ALLOW = Headers.ALLOW;
    private static final List<HttpString> OF_CONTENT = List.of(CONTENT_DIGEST, Headers.ETAG, Headers.ACCEPT_RANGES,
            Headers.CONTENT_RANGE, Headers.CONTENT_LENGTH, Headers.TRANSFER_ENCODING);
    private static final byte[] PONG = {'{', '}'};

    private final HttpServerExchange exchange;
    private final @Nullable Route route;
    private final Consumer<Event> events;
    private final BodyBuffers buffers;
    private final LongSupplier ticker;
    private final long beganNanos;

    private CacheStatus cacheStatus = CacheStatus.NONE;
    private @Nullable String why;
    private boolean logged;
    private boolean endsWithConnection;

    Responder(HttpServerExchange exchange, @Nullable Route route, Consumer<Event> events, BodyBuffers buffers,
            LongSupplier ticker) {
        this.exchange = exchange;
        this.route = route;
        this.events = events;
        this.buffers = buffers;
        this.ticker = ticker;
        this.beganNanos = ticker.getAsLong();
    }

    /** Sends it; closes its content when that is done, however it is. */
    void send(Answer answer) {
        cacheStatus = answer.cacheStatus();
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(API_VERSION, "registry/2.0");
        headers.put(CACHE_STATUS, cacheStatus.header());
        Optional<RegistryHost> registry = route == null ? Optional.empty() : route.registry();
        registry.ifPresent(name -> headers.put(OCI_NAMESPACE, name.value()));
        @Nullable
        Route asked = route instanceof Route.Either either ? either.stripped() : route;
        if (asked instanceof Route.Manifest manifest && manifest.reference() instanceof Tag) {
            headers.put(Headers.VARY, "Accept");
        }
        switch (answer) {
            case Answer.Pong pong -> unlessConditional(Optional.empty(),
                    () -> document(200, "application/json", PONG));
            case Answer.Manifest manifest -> manifest(manifest);
            case Answer.Blob blob -> blob(blob);
            case Answer.Listing listing -> listing(listing);
            case Answer.Failure(OciError error, CacheStatus status) -> failure(error);
        }
    }

    private void manifest(Answer.Manifest manifest) {
        identify(manifest.digest());
        if (manifest.partlyStored()) {
            exchange.getResponseHeaders().put(CACHE_STATUS, cacheStatus.header("partly-stored"));
        }
        manifest.age().ifPresent(age -> exchange.getResponseHeaders().put(Headers.AGE, age.toSeconds()));
        unlessConditional(Optional.of(manifest.digest()), () -> content(manifest));
    }

    private void content(Answer.Manifest manifest) {
        if (!manifest.mediaType().isEmpty()) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, manifest.mediaType());
        }
        if (manifest.body().isPresent() && !isHead()) {
            body(200, manifest.body().get());
        } else {
            head(200, OptionalLong.of(manifest.length()));
        }
    }

    private void listing(Answer.Listing listing) {
        HeaderMap headers = exchange.getResponseHeaders();
        listing.next().ifPresent(next -> headers.put(LINK, "<" + next + ">; rel=\"next\""));
        listing.filter().ifPresent(filter -> headers.put(FILTERS_APPLIED, filter));
        listing.age().ifPresent(age -> headers.put(Headers.AGE, age.toSeconds()));
        unlessConditional(Optional.empty(),
                () -> document(200, listing.mediaType(), listing.body().getBytes(StandardCharsets.UTF_8)));
    }

    /** Sends what there is, unless a precondition forbids it; whether it was sent. */
    private boolean unlessConditional(Optional<Digest> digest, Runnable sending) {
        return switch (Conditions.judge(exchange.getRequestHeaders(), digest)) {
            case ANSWERED -> {
                sending.run();
                yield true;
            }
            case NOT_MODIFIED -> {
                empty(304);
                yield false;
            }
            case FAILED -> {
                failure(new OciError(412, ErrorCode.UNSUPPORTED,
                        "request refused: its If-Match names other content than "
                                + digest.map(Digest::toString).orElse("what is here, which has no entity tag")
                                + "; leave it out to have this"));
                yield false;
            }
        };
    }

    private void blob(Answer.Blob blob) {
        identify(blob.digest());
        if (!unlessConditional(Optional.of(blob.digest()), () -> content(blob))) {
            blob.content().ifPresent(Content::close);
        }
    }

    private void content(Answer.Blob blob) {
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(Headers.ACCEPT_RANGES, "bytes");
        headers.put(Headers.CONTENT_TYPE, "application/octet-stream");
        if (blob.content().isEmpty() || isHead()) {
            blob.content().ifPresent(Content::close);
            head(200, blob.length());
            return;
        }
        Content content = blob.content().get();
        switch (blob.selection()) {
            case Selection.Whole whole -> stream(200, new Body.Plain(content, 0, blob.length()));
            case Selection.Parts(List<ByteRange> parts) ->
                parts(blob.digest(), parts, blob.length().orElseThrow(), content);
            case Selection.Unsatisfiable none -> {
                content.close();
                long length = blob.length().orElseThrow();
                headers.put(Headers.CONTENT_RANGE, "bytes */" + length);
                failure(new OciError(416, ErrorCode.SIZE_INVALID,
                        "range refused: it begins past the last byte; the blob has " + length + " bytes"));
            }
        }
    }

    /** One part as it is; several, in the order in which they were asked for, as {@code multipart/byteranges}. */
    private void parts(Digest digest, List<ByteRange> parts, long length, Content content) {
        HeaderMap headers = exchange.getResponseHeaders();
        if (parts.size() == 1) {
            ByteRange part = parts.getFirst();
            headers.put(Headers.CONTENT_RANGE, Multipart.contentRange(part, length));
            stream(206, new Body.Plain(content, part.from(), OptionalLong.of(part.length())));
        } else {
            Multipart body = new Multipart(digest, content, parts, length);
            headers.put(Headers.CONTENT_TYPE, body.contentType());
            stream(206, body);
        }
    }

    /** While the head has not gone out: takes back that it is a hit if that has turned out wrong, and says whether it did. */
    boolean revise(Content content) {
        boolean isWrong = switch (cacheStatus) {
            case HIT, STALE, REVALIDATED -> true;
            case SPARED, NEGATIVE, ABSENT, MISS, PARTIAL, COLLAPSED, PASSED, NONE -> false;
        } && content.source() != Source.STORE;
        if (isWrong) {
            cacheStatus = CacheStatus.PASSED;
            exchange.getResponseHeaders().put(CACHE_STATUS, cacheStatus.header());
        }
        return isWrong;
    }

    /** Sends a failure in place of content whose head was prepared and not sent. */
    void refuse(OciError error) {
        HeaderMap headers = exchange.getResponseHeaders();
        OF_CONTENT.forEach(headers::remove);
        endsWithConnection = false;
        cacheStatus = CacheStatus.PASSED;
        headers.put(CACHE_STATUS, cacheStatus.header());
        failure(error);
    }

    private void failure(OciError error) {
        why = error.message();
        HeaderMap headers = exchange.getResponseHeaders();
        error.retryAfter()
                .ifPresent(wait -> headers.put(Headers.RETRY_AFTER, Math.max(1, wait.plusMillis(999).toSeconds())));
        if (error.status() == 405) {
            headers.put(ALLOW, "GET, HEAD");
        }
        document(error.status(), "application/json", error.toJson());
    }

    private void document(int status, String contentType, byte[] body) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        if (isHead()) {
            head(status, OptionalLong.of(body.length));
        } else {
            body(status, body);
        }
    }

    private void body(int status, byte[] body) {
        exchange.setStatusCode(status);
        exchange.setResponseContentLength(body.length);
        exchange.getResponseSender().send(ByteBuffer.wrap(body), new EndCallback(body.length));
    }

    private void head(int status, OptionalLong length) {
        exchange.setStatusCode(status);
        if (length.isPresent()) {
            exchange.setResponseContentLength(length.getAsLong());
        } else if (exchange.isHttp11()) {
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, "chunked");
        }
        finish(Outcome.COMPLETE, 0);
    }

    private void empty(int status) {
        exchange.setStatusCode(status);
        finish(Outcome.COMPLETE, 0);
    }

    /** Always framed: the end of a connection that the client wants closed would hide that a body was cut. */
    private void stream(int status, Body body) {
        exchange.setStatusCode(status);
        if (body.length().isPresent()) {
            exchange.setResponseContentLength(body.length().getAsLong());
        } else if (exchange.isHttp11()) {
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, "chunked");
        } else {
            endsWithConnection = true;
        }
        new BodyPump(exchange, this, body, buffers).begin();
    }

    /** Everything was sent, or nothing more can be: it is logged, and then the exchange is over. */
    void finish(Outcome outcome, long bytes) {
        if (logged) {
            return;
        }
        logged = true;
        try {
            events.accept(new RequestEnded(client(), exchange.getRequestMethod().toString(), exchange.getRequestURI(),
                    exchange.getRequestHeaders().getFirst(Headers.USER_AGENT), route, exchange.getStatusCode(),
                    cacheStatus, outcome, bytes, Duration.ofNanos(ticker.getAsLong() - beganNanos), why));
        } finally {
            if (outcome == Outcome.COMPLETE) {
                exchange.endExchange();
            } else {
                cut();
            }
        }
    }

    private String client() {
        InetSocketAddress address = exchange.getSourceAddress();
        return address.getAddress() == null ? address.getHostString() : address.getAddress().getHostAddress();
    }

    /** Notes why the content failed. */
    void because(String message) {
        why = message;
    }

    /**
     * Closes the connection in the middle, so that the client sees that the body is short. Where nothing but the
     * connection's end tells the body's, as in HTTP/1.0, only a reset says so.
     */
    private void cut() {
        ServerConnection connection = exchange.getConnection();
        if (endsWithConnection) {
            try {
                connection.setOption(Options.CLOSE_ABORT, true);
            } catch (IOException e) {
                LOG.warn("connection could not be reset: {}", e.getMessage());
            }
        }
        IoUtils.safeClose(connection);
    }

    private void identify(Digest digest) {
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(CONTENT_DIGEST, digest.toString());
        headers.put(Headers.ETAG, "\"" + digest + "\"");
    }

    private boolean isHead() {
        return exchange.getRequestMethod().equals(Methods.HEAD);
    }

    /** The end of a body that was sent from memory. */
    private final class EndCallback implements IoCallback {

        private final long bytes;

        EndCallback(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public void onComplete(HttpServerExchange ended, Sender sender) {
            finish(Outcome.COMPLETE, bytes);
        }

        @Override
        public void onException(HttpServerExchange ended, Sender sender, IOException exception) {
            finish(Outcome.CLIENT_GONE, 0);
        }
    }
}

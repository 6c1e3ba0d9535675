package dev.freshet.proxy.http;

import dev.freshet.cache.flight.Content;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.http.RequestLog.Outcome;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.Answer;
import dev.freshet.proxy.serve.CacheStatus;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ETag;
import io.undertow.util.ETagUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Puts one answer on the wire. All of it runs on the exchange's I/O thread. */
final class Responder {

    private static final HttpString API_VERSION = new HttpString("Docker-Distribution-API-Version");
    private static final HttpString CONTENT_DIGEST = new HttpString("Docker-Content-Digest");
    private static final HttpString CACHE_STATUS = new HttpString("Cache-Status");
    private static final HttpString OCI_NAMESPACE = new HttpString("OCI-Namespace");
    private static final HttpString ALLOW = Headers.ALLOW;
    private static final byte[] PONG = {'{', '}'};

    private final HttpServerExchange exchange;
    private final @Nullable Route route;
    private final RequestLog log;
    private final ByteBufferPool buffers;
    private final long beganNanos;

    private CacheStatus cacheStatus = CacheStatus.NONE;
    private @Nullable String why;
    private boolean logged;

    Responder(HttpServerExchange exchange, @Nullable Route route, RequestLog log, ByteBufferPool buffers,
            long beganNanos) {
        this.exchange = exchange;
        this.route = route;
        this.log = log;
        this.buffers = buffers;
        this.beganNanos = beganNanos;
    }

    /** Sends it; closes its content when that is done, however it is. */
    void send(Answer answer) {
        cacheStatus = answer.cacheStatus();
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(API_VERSION, "registry/2.0");
        headers.put(CACHE_STATUS, cacheStatus.header());
        Optional<RegistryHost> registry = route == null ? Optional.empty() : route.registry();
        registry.ifPresent(name -> headers.put(OCI_NAMESPACE, name.value()));
        switch (answer) {
            case Answer.Pong pong -> document(200, "application/json", PONG);
            case Answer.Manifest manifest -> manifest(manifest);
            case Answer.Blob blob -> blob(blob);
            case Answer.Failure(OciError error, CacheStatus status) -> failure(error);
        }
    }

    private void manifest(Answer.Manifest manifest) {
        identify(manifest.digest());
        if (isKnownToClient(manifest.digest())) {
            empty(304);
            return;
        }
        if (!manifest.mediaType().isEmpty()) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, manifest.mediaType());
        }
        if (manifest.body().isPresent() && !isHead()) {
            body(200, manifest.body().get());
        } else {
            head(200, OptionalLong.of(manifest.length()));
        }
    }

    private void blob(Answer.Blob blob) {
        identify(blob.digest());
        HeaderMap headers = exchange.getResponseHeaders();
        if (isKnownToClient(blob.digest())) {
            blob.content().ifPresent(Content::close);
            empty(304);
            return;
        }
        headers.put(Headers.ACCEPT_RANGES, "bytes");
        headers.put(Headers.CONTENT_TYPE, "application/octet-stream");
        if (blob.content().isEmpty() || isHead()) {
            blob.content().ifPresent(Content::close);
            head(200, blob.length());
            return;
        }
        Content content = blob.content().get();
        if (blob.length().isEmpty()) {
            stream(200, content, 0, OptionalLong.empty());
            return;
        }
        long length = blob.length().getAsLong();
        switch (ByteRange.of(rangeHeader(blob.digest()), length)) {
            case ByteRange.Whole whole -> stream(200, content, 0, OptionalLong.of(length));
            case ByteRange.Part(long first, long last) -> {
                headers.put(Headers.CONTENT_RANGE, "bytes " + first + "-" + last + "/" + length);
                stream(206, content, first, OptionalLong.of(last + 1));
            }
            case ByteRange.Unsatisfiable none -> {
                content.close();
                headers.put(Headers.CONTENT_RANGE, "bytes */" + length);
                failure(new OciError(416, ErrorCode.SIZE_INVALID,
                        "range refused: it begins past the last byte; the blob has " + length + " bytes"));
            }
        }
    }

    private void failure(OciError error) {
        why = error.message();
        HeaderMap headers = exchange.getResponseHeaders();
        error.retryAfter().ifPresent(wait -> headers.put(Headers.RETRY_AFTER, Math.max(1, wait.toSeconds())));
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
        exchange.getResponseSender().send(ByteBuffer.wrap(body), new EndCallback(this, body.length));
    }

    private void head(int status, OptionalLong length) {
        exchange.setStatusCode(status);
        length.ifPresent(exchange::setResponseContentLength);
        finish(Outcome.COMPLETE, 0);
    }

    private void empty(int status) {
        exchange.setStatusCode(status);
        finish(Outcome.COMPLETE, 0);
    }

    private void stream(int status, Content content, long from, OptionalLong to) {
        exchange.setStatusCode(status);
        if (to.isPresent()) {
            exchange.setResponseContentLength(to.getAsLong() - from);
        }
        new BodyPump(exchange, this, content, buffers, from, to).begin();
    }

    /** Everything was sent, or nothing more can be; the exchange is over. */
    void finish(Outcome outcome, long bytes) {
        if (logged) {
            return;
        }
        logged = true;
        if (outcome == Outcome.COMPLETE) {
            exchange.endExchange();
        } else {
            cut();
        }
        log.ended(new RequestLog.Entry(client(),
                exchange.getRequestMethod().toString(), exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst(Headers.USER_AGENT), route, exchange.getStatusCode(),
                cacheStatus, outcome, bytes, Duration.ofNanos(System.nanoTime() - beganNanos), why));
    }

    private String client() {
        InetSocketAddress address = exchange.getSourceAddress();
        return address.getAddress() == null ? address.getHostString() : address.getAddress().getHostAddress();
    }

    /** Notes why the content failed. */
    void because(String message) {
        why = message;
    }

    /** Closes the connection in the middle, so that the client sees that the body is short. */
    private void cut() {
        org.xnio.IoUtils.safeClose(exchange.getConnection());
    }

    private void identify(Digest digest) {
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(CONTENT_DIGEST, digest.toString());
        headers.put(Headers.ETAG, "\"" + digest + "\"");
    }

    private boolean isHead() {
        return exchange.getRequestMethod().equals(Methods.HEAD);
    }

    private boolean isKnownToClient(Digest digest) {
        String header = exchange.getRequestHeaders().getFirst(Headers.IF_NONE_MATCH);
        return header != null && !ETagUtils.handleIfNoneMatch(header, new ETag(false, digest.toString()), true);
    }

    /** The {@code Range} header, unless {@code If-Range} names something else (RFC 9110, section 13.1.5). */
    private @Nullable String rangeHeader(Digest digest) {
        HeaderMap headers = exchange.getRequestHeaders();
        String ifRange = headers.getFirst(Headers.IF_RANGE);
        boolean applies = ifRange == null || ifRange.strip().equals("\"" + digest + "\"");
        return applies ? headers.getFirst(Headers.RANGE) : null;
    }
}

package dev.freshet.proxy.upstream;

import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.auth.BasicAuth;
import dev.freshet.proxy.upstream.auth.Token;
import dev.freshet.proxy.upstream.auth.TokenEndpoint;
import dev.freshet.proxy.upstream.auth.TokenRequest;
import java.io.IOException;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks token servers by GET (distribution's token authentication specification); their answers are bounded. */
final class TokenCalls implements TokenEndpoint {

    private static final long MAX_ANSWER = 256 * 1024;
    private static final long DEFAULT_LIFE_SECONDS = 60;
    private static final long LONGEST_LIFE_SECONDS = 24 * 3600;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Upstream upstream;
    private final UpstreamHttp http;
    private final UpstreamEvents events;
    private final Pace pace;
    private final Duration patience;

    /** @param patience how long one answer may take */
    TokenCalls(Upstream upstream, UpstreamHttp http, UpstreamEvents events, Pace pace, Duration patience) {
        this.upstream = upstream;
        this.http = http;
        this.events = events;
        this.pace = pace;
        this.patience = patience;
    }

    @Override
    public Token fetch(TokenRequest request) throws UpstreamException, InterruptedException {
        HttpUrl realm = request.realm();
        HttpUrl.Builder url = realm.newBuilder();
        if (!request.service().isEmpty()) {
            url.addQueryParameter("service", request.service());
        }
        if (!request.scope().isEmpty()) {
            url.addQueryParameter("scope", request.scope());
        }
        Request.Builder ask = new Request.Builder().url(url.build());
        upstream.credentials().ifPresent(credentials -> ask.header("Authorization", BasicAuth.header(credentials)));
        boolean isNamed = realm.host().equals(upstream.url().host())
                || upstream.tokenHosts().stream().anyMatch(rule -> rule.covers(realm.host(), realm.port()));
        long began = pace.nanoTime();
        try (Response response = UpstreamHttp.bounded(http.call(ask.build(), isNamed), patience).execute()) {
            events.answered(upstream.name(), RequestKind.TOKEN, response.code(),
                    Duration.ofNanos(pace.nanoTime() - began));
            return read(response, realm);
        } catch (IOException e) {
            if (e instanceof UpstreamException known) {
                throw known;
            }
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("token fetch interrupted").initCause(e);
            }
            events.unanswered(upstream.name(), RequestKind.TOKEN, Duration.ofNanos(pace.nanoTime() - began));
            if (RegistryCalls.isAddressRefused(e)) {
                throw failed(Kind.AGAINST_RULES, realm, "it is at no public address; if it is right, add it to the"
                        + " upstream's token-hosts");
            }
            throw failed(Kind.of(e), realm, Reasons.of(e));
        }
    }

    private Token read(Response response, HttpUrl realm) throws IOException {
        int status = response.code();
        if (status == 401 || status == 403) {
            throw failed(Kind.UNAUTHORIZED, realm, "it answered " + status + (upstream.credentials().isPresent()
                    ? "; check the upstream's username and password"
                    : "; set the upstream's username and password"));
        }
        if (status != 200) {
            Kind kind = status == 429 ? Kind.RATE_LIMITED : Kind.SERVER_ERROR;
            throw failed(kind, realm, "it answered " + status);
        }
        BufferedSource source = response.body().source();
        if (source.request(MAX_ANSWER + 1)) {
            throw failed(Kind.SERVER_ERROR, realm, "its answer is longer than " + MAX_ANSWER + " bytes");
        }
        JsonNode answer;
        try {
            answer = JSON.readTree(source.readByteArray());
        } catch (JacksonException e) {
            throw failed(Kind.SERVER_ERROR, realm, "its answer is no JSON");
        }
        String value = answer.path("token").asString(answer.path("access_token").asString(""));
        if (value.isEmpty() || !value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw failed(Kind.SERVER_ERROR, realm, "its answer holds no token");
        }
        long life = answer.path("expires_in").asLong(DEFAULT_LIFE_SECONDS);
        return new Token(value, Duration.ofSeconds(life <= 0
                ? DEFAULT_LIFE_SECONDS
                : Math.min(life, LONGEST_LIFE_SECONDS)));
    }

    private UpstreamException failed(Kind kind, HttpUrl realm, String how) {
        return new UpstreamException(kind, "GET of a token for upstream " + upstream.name() + " from "
                + RegistryCalls.withoutQuery(realm) + " failed: " + how);
    }
}

package dev.freshet.proxy.upstream.auth;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.store.Event;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.CredentialSource.LoginCheck;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.Token;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.TokenRequest;
import dev.freshet.proxy.upstream.guard.RetryAfter;
import dev.freshet.proxy.upstream.redirect.PublicAddresses.AddressRefusedException;
import dev.freshet.proxy.upstream.socket.Reasons;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks token servers: by GET (distribution's token authentication specification), or by POST (its "Docker Registry v2
 * authentication using OAuth2"). An identity token is posted, all else is asked by GET, and where a server has not the one,
 * as 404 or 405 says, the other is tried. Answers are bounded.
 */
public final class TokenCalls implements TokenEndpoint {

    private static final long MAX_ANSWER = 256 * 1024;
    private static final long DEFAULT_LIFE_SECONDS = 60;
    private static final long LONGEST_LIFE_SECONDS = 24 * 3600;
    private static final Set<String> REFUSALS = Set.of("invalid_grant", "invalid_client", "unauthorized_client",
            "invalid_token", "UNAUTHORIZED", "DENIED", "ExpiredToken", "ExpiredTokenException");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Upstream upstream;
    private final UpstreamHttp http;
    private final Consumer<Event> events;
    private final InstantSource clock;
    private final Scheduler scheduler;
    private final Duration patience;

    /** Where the usual way has led nowhere, and the other one somewhere. */
    private volatile @Nullable HttpUrl unusual;

    /** @param patience how long one answer may take */
    public TokenCalls(Upstream upstream, UpstreamHttp http, Consumer<Event> events, InstantSource clock,
            Scheduler scheduler, Duration patience) {
        this.upstream = upstream;
        this.http = http;
        this.events = events;
        this.clock = clock;
        this.scheduler = scheduler;
        this.patience = patience;
    }

    /** What a token server has said: a token, or that it is not to be asked in this way. */
    private sealed interface Said {

        record Given(Token token) implements Said {}

        record NotThisWay(UpstreamException failure) implements Said {}
    }

    @Override
    public Token fetch(TokenRequest request, Optional<Credential> credential)
            throws UpstreamException, InterruptedException {
        HttpUrl realm = request.realm();
        if (credential.isEmpty()) {
            return given(ask(get(request, credential), realm));
        }
        boolean isPost = credential.get() instanceof Credential.IdentityToken != realm.equals(unusual);
        Said first = ask(isPost ? post(request, credential.get()) : get(request, credential), realm);
        if (first instanceof Said.Given(Token token)) {
            return token;
        }
        Token token = given(ask(isPost ? get(request, credential) : post(request, credential.get()), realm));
        unusual = realm.equals(unusual) ? null : realm;
        return token;
    }

    private static Token given(Said said) throws UpstreamException {
        return switch (said) {
            case Said.Given(Token token) -> token;
            case Said.NotThisWay(UpstreamException failure) -> throw failure;
        };
    }

    /** An identity token goes where a password does, as containerd has it, without a name. */
    private static Request get(TokenRequest request, Optional<Credential> credential) {
        HttpUrl.Builder url = request.realm().newBuilder();
        if (!request.service().isEmpty()) {
            url.addQueryParameter("service", request.service());
        }
        if (!request.scope().isEmpty()) {
            url.addQueryParameter("scope", request.scope());
        }
        Request.Builder ask = new Request.Builder().url(url.build());
        credential.map(shown -> switch (shown) {
            case Credential.Login login -> login;
            case Credential.IdentityToken(Secret token) -> new Credential.Login("", token);
        }).ifPresent(login -> ask.header("Authorization", login.header()));
        return ask.build();
    }

    private static Request post(TokenRequest request, Credential credential) {
        FormBody.Builder form = new FormBody.Builder().add("client_id", "freshet").add("scope", request.scope());
        if (!request.service().isEmpty()) {
            form.add("service", request.service());
        }
        switch (credential) {
            case Credential.Login(String username, Secret password) -> form.add("grant_type", "password")
                    .add("username", username).add("password", password.reveal());
            case Credential.IdentityToken(Secret token) -> form.add("grant_type", "refresh_token")
                    .add("refresh_token", token.reveal());
        }
        return new Request.Builder().url(request.realm()).post(form.build()).build();
    }

    private Said ask(Request request, HttpUrl realm) throws UpstreamException, InterruptedException {
        boolean isNamed = realm.host().equals(upstream.url().host())
                || upstream.tokenHosts().stream().anyMatch(rule -> rule.covers(realm.host(), realm.port()));
        return timed(request, isNamed, "token fetch", response -> read(response, request.method(), realm),
                failure -> AddressRefusedException.isCauseOf(failure)
                        ? failed(FailureReason.AGAINST_RULES, request.method(), realm,
                                "it is at no public address; if it is right,"
                                        + " add it to the upstream's token-hosts")
                        : UpstreamException.broken(message(request.method(), realm, Reasons.of(failure)), failure));
    }

    /**
     * Shows a name and a password to the registry's {@code /v2/} (OCI distribution spec 1.1, "Determining Support"), which is
     * of no repository.
     *
     * @throws UpstreamException if it is not answered
     */
    public LoginCheck.Verdict login(Credential credential) throws UpstreamException, InterruptedException {
        if (!(credential instanceof Credential.Login login)) {
            return LoginCheck.Verdict.UNCLEAR;
        }
        Request request = new Request.Builder()
                .url(upstream.url().newBuilder().addPathSegment("v2").addPathSegment("").build())
                .header("Authorization", login.header()).build();
        return timed(request, true, "GET of /v2/", response -> switch (response.code()) {
            case 200 -> LoginCheck.Verdict.TAKEN;
            case 401, 403 -> LoginCheck.Verdict.REFUSED;
            default -> LoginCheck.Verdict.UNCLEAR;
        }, failure -> new UpstreamException(UpstreamException.reasonOf(failure),
                "GET of /v2/ from upstream " + upstream.name()
                        + " failed: " + Reasons.of(failure),
                failure, null));
    }

    /** Something to do with an answer. */
    private interface Reading<T> {

        T read(Response response) throws IOException;
    }

    private <T> T timed(Request request, boolean isTrusted, String what, Reading<T> reading,
            Function<IOException, UpstreamException> failed) throws UpstreamException, InterruptedException {
        long began = scheduler.nanoTime();
        try (Response response = UpstreamHttp.bounded(http.call(request, isTrusted), patience).execute()) {
            events.accept(new UpstreamEvent.Answered(upstream.name(), RequestKind.TOKEN, response.code(),
                    Duration.ofNanos(scheduler.nanoTime() - began)));
            return reading.read(response);
        } catch (UpstreamException e) {
            throw e;
        } catch (IOException e) {
            UpstreamHttp.throwIfInterrupted(what, e);
            events.accept(new UpstreamEvent.Unanswered(upstream.name(), RequestKind.TOKEN,
                    Duration.ofNanos(scheduler.nanoTime() - began)));
            throw failed.apply(e);
        }
    }

    private Said read(Response response, String method, HttpUrl realm) throws IOException {
        int status = response.code();
        if (status == 200) {
            return new Said.Given(token(response, method, realm));
        }
        if (status == 404 || status == 405) {
            return new Said.NotThisWay(failed(FailureReason.BAD_ANSWER, method, realm, "it answered " + status));
        }
        if (status == 401 || status == 403 || isRefusedGrant(response)) {
            throw failed(FailureReason.UNAUTHORIZED, method, realm,
                    "it answered " + status + (upstream.credentials().isEmpty()
                            ? "; set the upstream's username and password"
                            : "; check the upstream's username and password"));
        }
        throw new UpstreamException(reason(status), message(method, realm, "it answered " + status), null,
                RetryAfter.of(response.header("Retry-After"), response.header("Date"), clock.instant()).orElse(null));
    }

    /** What a server has against a request, such as the name of its repository, does not say that the server fails. */
    private static FailureReason reason(int status) {
        return status == 429
                ? FailureReason.RATE_LIMITED
                : status / 100 == 4 ? FailureReason.BAD_ANSWER : FailureReason.SERVER_ERROR;
    }

    /**
     * Credentials and identity tokens that are not valid, or not any more, are 400 for some: by RFC 6749, section 5.2, by the
     * codes of the distribution spec, or by those of cloud services.
     */
    private static boolean isRefusedGrant(Response response) throws IOException {
        if (response.code() != 400) {
            return false;
        }
        BufferedSource source = response.body().source();
        if (source.request(MAX_ANSWER + 1)) {
            return false;
        }
        try {
            JsonNode answer = JSON.readTree(source.readByteArray());
            return Stream.of(answer.path("error"), answer.path("code"), answer.path("errors").path(0).path("code"))
                    .map(code -> code.asString("")).anyMatch(REFUSALS::contains);
        } catch (JacksonException e) {
            return false;
        }
    }

    private Token token(Response response, String method, HttpUrl realm) throws IOException {
        BufferedSource source = response.body().source();
        if (source.request(MAX_ANSWER + 1)) {
            throw failed(FailureReason.SERVER_ERROR, method, realm,
                    "its answer is longer than " + MAX_ANSWER + " bytes");
        }
        JsonNode answer;
        try {
            answer = JSON.readTree(source.readByteArray());
        } catch (JacksonException e) {
            throw failed(FailureReason.SERVER_ERROR, method, realm, "its answer is no JSON");
        }
        String value = answer.path("token").asString(answer.path("access_token").asString(""));
        if (!isPrintable(value)) {
            throw failed(FailureReason.SERVER_ERROR, method, realm, "its answer holds no token");
        }
        long life = answer.path("expires_in").asLong(DEFAULT_LIFE_SECONDS);
        String identity = answer.path("refresh_token").asString("");
        return new Token(value, Duration.ofSeconds(life <= 0
                ? DEFAULT_LIFE_SECONDS
                : Math.min(life, LONGEST_LIFE_SECONDS)),
                Optional.of(identity).filter(TokenCalls::isPrintable).map(Secret::new));
    }

    private static boolean isPrintable(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }

    private UpstreamException failed(FailureReason reason, String method, HttpUrl realm, String how) {
        return new UpstreamException(reason, message(method, realm, how));
    }

    private String message(String method, HttpUrl realm, String how) {
        return method + " of a token for upstream " + upstream.name() + " from " + Reasons.withoutQuery(realm)
                + " failed: " + how;
    }
}

package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.Token;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.TokenRequest;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RateLimits.AccountName;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.proxy.ManualScheduler;
import dev.freshet.testbed.wire.Answer;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Manner;
import dev.freshet.testbed.wire.Progress;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import dev.freshet.testbed.wire.WireServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How token servers are asked, and what is made of what they say. */
class TokenCallsTest {

    private static final Optional<Credential> LOGIN = Optional.of(new Credential.Login("u", new Secret("p&ß=")));
    private static final Optional<Credential> IDENTITY = Optional.of(new Credential.IdentityToken(new Secret("i+d")));

    private final Queue<Request> asked = new ConcurrentLinkedQueue<>();
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    @AutoClose
    private final WireServer server = new WireServer(this::answer);
    private final Upstream upstream = Upstream.at(new RegistryHost("lab"), URI.create("http://" + server.authority()),
            List.of(), List.of(), List.of(), Optional.empty());
    private final TokenRequest request = new TokenRequest(HttpUrl.get("http://" + server.authority() + "/t?x=1"),
            "the service", "repository:a:pull");
    @AutoClose
    private final UpstreamHttp http;
    private final TokenCalls calls;

    TokenCallsTest() throws IOException {
        http = new UpstreamHttp(upstream.caFile(), Duration.ofSeconds(30));
        calls = new TokenCalls(upstream, http, event -> {}, new ManualClock(), new ManualScheduler(),
                Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"token":"t"}                             | 60
            {"token":"t","expires_in":null}           | 60
            {"token":"t","expires_in":-5}             | 60
            {"token":"t","expires_in":0}              | 60
            {"token":"t","expires_in":"soon"}         | 60
            {"access_token":"t","expires_in":2}       | 2
            {"token":"t","expires_in":999999999999}   | 86400
            """)
    @DisplayName("A-03: a life that is missing or senseless is a minute, and no life is longer than a day")
    void aLifeIsBounded(String body, long seconds) throws Exception {
        says(200, body);

        Token token = calls.fetch(request, Optional.empty());

        assertThat(token).isEqualTo(new Token("t", Duration.ofSeconds(seconds)));
    }

    @Test
    @DisplayName("A-03: a token server's rate limit is the upstream's, with the time that it names")
    void aRateLimitIsTold() {
        replies.add(new Reply(429, Headers.of("Retry-After", "7"), Reply.error(429, "X", "y").content()));

        assertThatThrownBy(() -> calls.fetch(request, Optional.empty()))
                .isInstanceOfSatisfying(UpstreamException.class, e -> {
                    assertThat(e.reason()).isEqualTo(FailureReason.RATE_LIMITED);
                    assertThat(e.retryAfter()).hasValue(Duration.ofSeconds(7));
                }).hasMessage("GET of a token for upstream lab from http://" + server.authority()
                        + "/t failed: it answered 429");
    }

    @Test
    void aPasswordIsShownToGet() throws Exception {
        says(200, "{\"token\":\"t\"}");

        calls.fetch(request, LOGIN);

        assertThat(asked).singleElement().satisfies(seen -> {
            assertThat(seen.method()).isEqualTo("GET");
            assertThat(seen.query()).isEqualTo("x=1&service=the%20service&scope=repository%3Aa%3Apull");
            assertThat(seen.header("Authorization")).hasValue("Basic dTpwJsOfPQ==");
        });
    }

    @Test
    void anIdentityTokenIsPostedAndExchanged() throws Exception {
        says(200, "{\"access_token\":\"t\",\"expires_in\":300,\"refresh_token\":\"next\"}");

        Token token = calls.fetch(request, IDENTITY);

        assertThat(token).isEqualTo(new Token("t", Duration.ofMinutes(5), Optional.of(new Secret("next"))));
        assertThat(asked).singleElement().satisfies(seen -> {
            assertThat(seen.method()).isEqualTo("POST");
            assertThat(seen.header("Authorization")).isEmpty();
            assertThat(seen.field("grant_type")).hasValue("refresh_token");
            assertThat(seen.field("refresh_token")).hasValue("i+d");
            assertThat(seen.field("service")).hasValue("the service");
            assertThat(seen.field("scope")).hasValue("repository:a:pull");
            assertThat(seen.field("client_id")).hasValue("freshet");
        });
    }

    @ParameterizedTest
    @CsvSource({"404", "405"})
    void aServerThatKnowsOnlyTheOtherWayIsAskedInItFromThenOn(int status) throws Exception {
        says(status, "");
        says(200, "{\"token\":\"t\"}");
        says(200, "{\"token\":\"t\"}");

        calls.fetch(request, LOGIN);
        calls.fetch(request, LOGIN);

        assertThat(asked).extracting(Request::method).containsExactly("GET", "POST", "POST");
        assertThat(asked).last().satisfies(seen -> {
            assertThat(seen.field("grant_type")).hasValue("password");
            assertThat(seen.field("username")).hasValue("u");
            assertThat(seen.field("password")).hasValue("p&ß=");
        });
    }

    @Test
    void anIdentityTokenIsAPasswordWhereNothingCanBePosted() throws Exception {
        says(405, "");
        says(200, "{\"token\":\"t\"}");

        calls.fetch(request, IDENTITY);

        assertThat(asked).extracting(Request::method).containsExactly("POST", "GET");
        assertThat(asked).last().extracting(seen -> seen.header("Authorization").orElse(""))
                .isEqualTo("Basic OmkrZA==");
    }

    @Test
    @DisplayName("A-03: a server that knows neither way is a failure after two tries")
    void neitherWayIsAFailure() {
        says(404, "");
        says(404, "");

        assertThatThrownBy(() -> calls.fetch(request, LOGIN)).isInstanceOfSatisfying(UpstreamException.class,
                e -> assertThat(e.reason()).isEqualTo(FailureReason.BAD_ANSWER));
        assertThat(asked).hasSize(2);
    }

    @Test
    void aGrantThatIsNotValidIsARefusal() {
        says(400, "{\"error\":\"invalid_grant\"}");
        says(400, "{\"error\":\"invalid_request\"}");

        assertThatThrownBy(() -> calls.fetch(request, IDENTITY)).isInstanceOfSatisfying(UpstreamException.class,
                e -> assertThat(e.reason()).isEqualTo(FailureReason.UNAUTHORIZED));
        assertThatThrownBy(() -> calls.fetch(request, IDENTITY)).isInstanceOfSatisfying(UpstreamException.class,
                e -> assertThat(e.reason()).isEqualTo(FailureReason.BAD_ANSWER));
    }

    @ParameterizedTest
    @CsvSource({"400, CLOSED", "404, CLOSED", "422, CLOSED", "500, OPEN"})
    @DisplayName("U-20: a server that has something against some repositories is asked for the others")
    void aServerThatRefusesSomeRequestsWorks(int status, Health.State state) {
        ManualScheduler scheduler = new ManualScheduler();
        CircuitBreaker breaker = CircuitBreaker.ofFailures(new ManualClock(), scheduler::nanoTime, scheduler::random,
                health -> {});
        GuardedTokenEndpoint tokens = guarded(new RateLimits(scheduler::nanoTime, scheduler::random), "u", breaker);

        for (int i = 0; i < 20; i++) {
            TokenRequest other = new TokenRequest(request.realm(), "s", "repository:no/such" + i + ":pull");
            replies.clear();
            says(status, "");
            says(status, "");
            assertThatThrownBy(() -> tokens.fetch(other, LOGIN)).isInstanceOf(UpstreamException.class);
        }

        assertThat(breaker.health().state()).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"60, 60", "'', 7.5"})
    @DisplayName("A-03, U-21: a server that was asked too often is left alone, by this account alone")
    void aServerThatWasAskedTooOftenIsLeftAlone(String retryAfter, double seconds) throws Exception {
        ManualScheduler scheduler = new ManualScheduler();
        RateLimits limits = new RateLimits(scheduler::nanoTime, scheduler::random);
        CircuitBreaker breaker = CircuitBreaker.ofFailures(new ManualClock(), scheduler::nanoTime, scheduler::random,
                health -> {});
        GuardedTokenEndpoint tokens = guarded(limits, "u", breaker);
        GuardedTokenEndpoint others = guarded(limits, "v", breaker);
        Duration wait = Duration.ofMillis((long) (seconds * 1000));
        replies.add(Reply.error(429, "TOOMANYREQUESTS", "no").withHeader("Retry-After", retryAfter));
        says(200, "{\"token\":\"t\"}");
        says(200, "{\"token\":\"t\"}");

        assertThatThrownBy(() -> tokens.fetch(request, LOGIN)).isInstanceOfSatisfying(UpstreamException.class,
                e -> assertThat(e.retryAfter()).hasValue(wait));
        assertThatThrownBy(() -> tokens.fetch(request, LOGIN)).isInstanceOfSatisfying(UpstreamException.class, e -> {
            assertThat(e.reason()).isEqualTo(FailureReason.RATE_LIMITED);
            assertThat(e.isHeldBack()).isTrue();
            assertThat(e.retryAfter()).hasValue(wait);
            assertThat(e).hasMessageContaining("has answered 429").hasMessageContaining("try again in");
        });
        assertThat(asked).hasSize(1);
        others.fetch(request, LOGIN);
        scheduler.advance(wait);
        tokens.fetch(request, LOGIN);

        assertThat(asked).hasSize(3);
    }

    private void says(int status, String body) {
        replies.add(Reply.of(status, "application/json", body));
    }

    private Answer answer(Request seen) {
        asked.add(seen);
        Reply reply = replies.poll();
        return new Answer(reply == null ? Reply.error(500, "X", "nothing to say") : reply, Manner.PLAIN,
                Progress.UNHEARD);
    }

    private GuardedTokenEndpoint guarded(RateLimits limits, String account, CircuitBreaker breaker) {
        return new GuardedTokenEndpoint(upstream.name(), limits, new AccountName(account), breaker, calls);
    }
}

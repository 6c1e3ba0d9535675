package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.flight.OriginFailure;
import dev.freshet.proxy.upstream.auth.Authorizer.Renewal;
import dev.freshet.testbed.proxy.ManualPace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tokens: one fetch for all who wait, kept while they live, renewed when they are refused. */
class AuthorizerTest {

    private static final HttpUrl REGISTRY = HttpUrl.get("https://registry.example.com/");
    private static final List<Challenge> BEARER = List.of(new Challenge("Bearer",
            Map.of("realm", "https://auth.example.com/token", "service", "s", "scope", "repository:other:push")));
    private static final String SCOPE = "repository:a:pull";

    private final ManualPace pace = new ManualPace();
    private final AtomicInteger fetches = new AtomicInteger();
    private final List<String> scopes = new ArrayList<>();
    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    @DisplayName("A-01: whoever waits for the same token waits for one fetch")
    void waits_for_one_fetch() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        Authorizer authorizer = authorizer(request -> {
            fetches.incrementAndGet();
            open.await();
            return new Token("t", Duration.ofMinutes(5));
        });

        List<Future<Renewal>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(threads.submit(() -> authorizer.renew(BEARER, SCOPE, Optional.empty())));
        }
        open.countDown();

        for (Future<Renewal> renewal : waiting) {
            assertThat(renewal.get()).isEqualTo(new Renewal.Authorized("Bearer t"));
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    @DisplayName("A-02: a refused token is renewed once, for all who were refused with it")
    void renews_a_refused_token() throws Exception {
        Authorizer authorizer = authorizer(this::next);

        Renewal first = authorizer.renew(BEARER, SCOPE, Optional.empty());
        Renewal second = authorizer.renew(BEARER, SCOPE, Optional.of("Bearer t1"));
        Renewal late = authorizer.renew(BEARER, SCOPE, Optional.of("Bearer t1"));

        assertThat(first).isEqualTo(new Renewal.Authorized("Bearer t1"));
        assertThat(List.of(second, late)).containsOnly(new Renewal.Authorized("Bearer t2"));
        assertThat(authorizer.authorization(SCOPE)).hasValue("Bearer t2");
    }

    @Test
    void drops_a_token_before_it_dies() throws Exception {
        Authorizer authorizer = authorizer(this::next);
        authorizer.renew(BEARER, SCOPE, Optional.empty());

        pace.advance(Duration.ofSeconds(53));
        Optional<String> young = authorizer.authorization(SCOPE);
        pace.advance(Duration.ofSeconds(2));
        Optional<String> old = authorizer.authorization(SCOPE);

        assertThat(young).hasValue("Bearer t1");
        assertThat(old).hasValue("Bearer t2");
    }

    @Test
    @DisplayName("A-06: a token server that gives the refused token again is not asked for ever")
    void gives_up_on_the_same_token() throws Exception {
        Authorizer authorizer = authorizer(request -> new Token("same", Duration.ofMinutes(1)));
        authorizer.renew(BEARER, SCOPE, Optional.empty());

        assertThat(authorizer.renew(BEARER, SCOPE, Optional.of("Bearer same"))).isInstanceOf(Renewal.Impossible.class);
    }

    @Test
    @DisplayName("A-03: a failed fetch is told, and made again by the next who asks")
    void a_failed_fetch_is_made_again() throws Exception {
        Authorizer authorizer = authorizer(request -> {
            if (fetches.incrementAndGet() == 1) {
                throw new OriginException(OriginFailure.UNREACHABLE, "no token today", null);
            }
            return new Token("t", Duration.ofMinutes(1));
        });

        assertThatThrownBy(() -> authorizer.renew(BEARER, SCOPE, Optional.empty())).hasMessage("no token today");
        assertThat(authorizer.renew(BEARER, SCOPE, Optional.empty())).isEqualTo(new Renewal.Authorized("Bearer t"));
    }

    @Test
    @DisplayName("A-07: the challenge's own scope is not asked for")
    void asks_for_its_own_scope() throws Exception {
        authorizer(this::next).renew(BEARER, SCOPE, Optional.empty());

        assertThat(scopes).containsExactly(SCOPE);
    }

    @Test
    void knows_no_third_way() throws Exception {
        Authorizer authorizer = authorizer(this::next);

        assertThat(authorizer.authorization(SCOPE)).isEmpty();
        assertThat(authorizer.renew(List.of(), SCOPE, Optional.empty())).isInstanceOf(Renewal.Impossible.class);
        assertThat(authorizer.renew(List.of(new Challenge("Negotiate", Map.of())), SCOPE, Optional.empty()))
                .isInstanceOf(Renewal.Impossible.class);
        assertThat(authorizer.renew(List.of(new Challenge("Basic", Map.of("realm", "r"))), SCOPE, Optional.empty()))
                .isInstanceOf(Renewal.Impossible.class);
    }

    private Token next(TokenRequest request) {
        scopes.add(request.scope());
        return new Token("t" + fetches.incrementAndGet(), Duration.ofSeconds(60));
    }

    private Authorizer authorizer(TokenEndpoint endpoint) {
        return new Authorizer(REGISTRY, Optional.empty(), List.of(), endpoint, threads, pace::nanoTime);
    }
}

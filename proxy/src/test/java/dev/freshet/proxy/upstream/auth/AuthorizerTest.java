package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.auth.Authorizer.Renewal;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.Token;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.TokenRequest;
import dev.freshet.testbed.proxy.ManualScheduler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
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
    private static final List<Challenge> BASIC = List.of(new Challenge("Basic", Map.of("realm", "r")));
    private static final String SCOPE = "repository:a:pull";

    private final ManualScheduler scheduler = new ManualScheduler();
    private final AtomicInteger fetches = new AtomicInteger();
    private final List<String> scopes = new ArrayList<>();
    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    @DisplayName("A-01: all requests that need the same token wait for one fetch")
    void waitsForOneFetch() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        Authorizer authorizer = authorizer((request, credential) -> {
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
    void renewsARefusedToken() throws Exception {
        Authorizer authorizer = authorizer(this::next);

        Renewal first = authorizer.renew(BEARER, SCOPE, Optional.empty());
        Renewal second = authorizer.renew(BEARER, SCOPE, Optional.of("Bearer t1"));
        Renewal late = authorizer.renew(BEARER, SCOPE, Optional.of("Bearer t1"));

        assertThat(first).isEqualTo(new Renewal.Authorized("Bearer t1"));
        assertThat(List.of(second, late)).containsOnly(new Renewal.Authorized("Bearer t2"));
        assertThat(authorizer.authorization(SCOPE)).hasValue("Bearer t2");
    }

    @Test
    @DisplayName("A-02: a token is renewed ahead, once, and used until the other is there")
    void renewsAhead() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        Authorizer authorizer = authorizer((request, credential) -> {
            if (fetches.incrementAndGet() == 2) {
                open.await();
            }
            return new Token("t" + fetches.get(), Duration.ofSeconds(60));
        });
        authorizer.renew(BEARER, SCOPE, Optional.empty());

        scheduler.advance(Duration.ofSeconds(44));
        Optional<String> young = authorizer.authorization(SCOPE);
        scheduler.advance(Duration.ofSeconds(2));
        List<Optional<String>> ageing = List.of(authorizer.authorization(SCOPE), authorizer.authorization(SCOPE));
        scheduler.advance(Duration.ofSeconds(10));
        List<Future<Optional<String>>> late = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            late.add(threads.submit(() -> authorizer.authorization(SCOPE)));
        }
        open.countDown();

        assertThat(young).hasValue("Bearer t1");
        assertThat(ageing).containsOnly(Optional.of("Bearer t1"));
        for (Future<Optional<String>> authorization : late) {
            assertThat(authorization.get()).hasValue("Bearer t2");
        }
        assertThat(fetches).hasValue(2);
    }

    @Test
    @DisplayName("A-03: a token that cannot be renewed ahead is used to its end, and then fetched once more")
    void aFailureAheadIsNotFelt() throws Exception {
        Authorizer authorizer = authorizer((request, credential) -> {
            if (fetches.incrementAndGet() == 2) {
                throw new OriginException(FailureReason.UNREACHABLE, "no token today", null);
            }
            return new Token("t" + fetches.get(), Duration.ofSeconds(60));
        }, Runnable::run);
        authorizer.renew(BEARER, SCOPE, Optional.empty());

        scheduler.advance(Duration.ofSeconds(50));
        Optional<String> ageing = authorizer.authorization(SCOPE);
        Optional<String> still = authorizer.authorization(SCOPE);
        scheduler.advance(Duration.ofSeconds(5));
        Optional<String> dead = authorizer.authorization(SCOPE);

        assertThat(List.of(ageing, still)).containsOnly(Optional.of("Bearer t1"));
        assertThat(dead).hasValue("Bearer t3");
        assertThat(fetches).hasValue(3);
    }

    @Test
    void aRenewalAheadThatDiesOfAnErrorIsNotWaitedForForEver() throws Exception {
        Authorizer authorizer = authorizer((request, credential) -> {
            if (fetches.incrementAndGet() == 2) {
                throw new StackOverflowError();
            }
            return new Token("t" + fetches.get(), Duration.ofSeconds(60));
        }, Runnable::run);
        authorizer.renew(BEARER, SCOPE, Optional.empty());
        scheduler.advance(Duration.ofSeconds(50));
        assertThatThrownBy(() -> authorizer.authorization(SCOPE)).isInstanceOf(StackOverflowError.class);
        scheduler.advance(Duration.ofSeconds(5));

        assertThat(authorizer.authorization(SCOPE)).hasValue("Bearer t3");
    }

    @Test
    void dropsATokenBeforeItDies() throws Exception {
        Authorizer authorizer = authorizer(this::next);
        authorizer.renew(BEARER, SCOPE, Optional.empty());

        scheduler.advance(Duration.ofSeconds(55));

        assertThat(authorizer.authorization(SCOPE)).hasValue("Bearer t2");
    }

    @Test
    void anIdentityTokenIsExchanged() throws Exception {
        List<Credential> shown = new ArrayList<>();
        SecretSource source = new SecretSource(Credential.IdentityToken::new, new Secret("first"), Optional.empty());
        Authorizer authorizer = new Authorizer(REGISTRY, source, List.of(), (request, credential) -> {
            shown.add(credential.orElseThrow());
            return new Token("t" + shown.size(), Duration.ofSeconds(60), Optional.of(new Secret("second")));
        }, threads, scheduler::nanoTime);

        authorizer.renew(BEARER, SCOPE, Optional.empty());
        authorizer.renew(BEARER, SCOPE, Optional.of("Bearer t1"));

        assertThat(shown).containsExactly(new Credential.IdentityToken(new Secret("first")),
                new Credential.IdentityToken(new Secret("second")));
    }

    @Test
    void credentialsThatATokenServerRefusesAreAskedForAnewOnce() throws Exception {
        List<Credential> shown = new ArrayList<>();
        CommandSource source = new CommandSource(
                () -> new Credential.Login("u", new Secret("p" + fetches.incrementAndGet())), threads,
                scheduler::nanoTime);
        source.credential();
        scheduler.advance(CommandSource.PAUSE);
        Authorizer authorizer = new Authorizer(REGISTRY, source, List.of(), (request, credential) -> {
            shown.add(credential.orElseThrow());
            throw new OriginException(FailureReason.UNAUTHORIZED, "refused", null);
        }, threads, scheduler::nanoTime);

        assertThatThrownBy(() -> authorizer.renew(BEARER, SCOPE, Optional.empty())).hasMessage("refused");
        assertThat(shown).containsExactly(new Credential.Login("u", new Secret("p1")),
                new Credential.Login("u", new Secret("p2")));
    }

    @Test
    @DisplayName("A-14: a name and a password go in UTF-8, with any character in the password")
    void basicIsInUtf8() throws Exception {
        Authorizer authorizer = new Authorizer(REGISTRY,
                CredentialSource.of(new Credential.Login("jürgen", new Secret("a:b ß€\uD83D\uDE00\"\\%&"))), List.of(),
                this::next, threads, scheduler::nanoTime);

        Renewal renewal = authorizer.renew(BASIC, SCOPE, Optional.empty());

        assertThat(renewal).isEqualTo(new Renewal.Authorized("Basic " + Base64.getEncoder()
                .encodeToString("jürgen:a:b ß€\uD83D\uDE00\"\\%&".getBytes(StandardCharsets.UTF_8))));
        assertThat(authorizer.authorization(SCOPE)).hasValue(((Renewal.Authorized) renewal).authorization());
        assertThat(renewal).hasToString("Authorized");
    }

    @Test
    void anIdentityTokenIsNoPassword() throws Exception {
        Authorizer authorizer = new Authorizer(REGISTRY,
                new SecretSource(Credential.IdentityToken::new, new Secret("t"), Optional.empty()), List.of(),
                this::next,
                threads, scheduler::nanoTime);

        assertThat(authorizer.renew(BASIC, SCOPE, Optional.empty())).isInstanceOf(Renewal.Impossible.class);
        assertThat(authorizer.authorization(SCOPE)).isEmpty();
    }

    @Test
    @DisplayName("A-06: a token server that gives the refused token again is not asked for ever")
    void givesUpOnTheSameToken() throws Exception {
        Authorizer authorizer = authorizer((request, credential) -> new Token("same", Duration.ofMinutes(1)));
        authorizer.renew(BEARER, SCOPE, Optional.empty());

        assertThat(authorizer.renew(BEARER, SCOPE, Optional.of("Bearer same"))).isInstanceOf(Renewal.Impossible.class);
    }

    @Test
    @DisplayName("A-03: a failed fetch is told, and made again by the next who asks")
    void aFailedFetchIsMadeAgain() throws Exception {
        Authorizer authorizer = authorizer((request, credential) -> {
            if (fetches.incrementAndGet() == 1) {
                throw new OriginException(FailureReason.UNREACHABLE, "no token today", null);
            }
            return new Token("t", Duration.ofMinutes(1));
        });

        assertThatThrownBy(() -> authorizer.renew(BEARER, SCOPE, Optional.empty())).hasMessage("no token today");
        assertThat(authorizer.renew(BEARER, SCOPE, Optional.empty())).isEqualTo(new Renewal.Authorized("Bearer t"));
    }

    @Test
    @DisplayName("A-07: the challenge's own scope is not asked for")
    void asksForItsOwnScope() throws Exception {
        authorizer(this::next).renew(BEARER, SCOPE, Optional.empty());

        assertThat(scopes).containsExactly(SCOPE);
    }

    @Test
    void knowsNoThirdWay() throws Exception {
        Authorizer authorizer = authorizer(this::next);

        assertThat(authorizer.authorization(SCOPE)).isEmpty();
        assertThat(authorizer.renew(List.of(), SCOPE, Optional.empty())).isInstanceOf(Renewal.Impossible.class);
        assertThat(authorizer.renew(List.of(new Challenge("Negotiate", Map.of())), SCOPE, Optional.empty()))
                .isInstanceOf(Renewal.Impossible.class);
        assertThat(authorizer.renew(List.of(new Challenge("Basic", Map.of("realm", "r"))), SCOPE, Optional.empty()))
                .isInstanceOf(Renewal.Impossible.class);
    }

    private Token next(TokenRequest request, Optional<Credential> credential) {
        scopes.add(request.scope());
        return new Token("t" + fetches.incrementAndGet(), Duration.ofSeconds(60));
    }

    private Authorizer authorizer(TokenEndpoint endpoint) {
        return authorizer(endpoint, threads);
    }

    private Authorizer authorizer(TokenEndpoint endpoint, Executor executor) {
        return new Authorizer(REGISTRY, CredentialSource.ANONYMOUS, List.of(), endpoint, executor, scheduler::nanoTime);
    }
}

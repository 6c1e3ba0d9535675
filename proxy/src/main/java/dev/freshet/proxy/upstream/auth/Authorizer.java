package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.HostRule;
import dev.freshet.proxy.upstream.auth.CredentialSource.CredentialsRefusedException;
import dev.freshet.proxy.upstream.auth.CredentialSource.LoginCheck;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.TokenRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Knows what {@code Authorization} one registry wants of one account. It learns the way from the first challenge that leads
 * to a token, and then authorises requests before they are refused; a token server that fails is forgotten, and the
 * registry names it anew. All methods may be called by any thread.
 */
public final class Authorizer {

    private final HttpUrl registry;
    private final CredentialSource credentials;
    private final List<HostRule> tokenHosts;
    private final Tokens tokens;
    private final LoginCheck loginCheck;

    private volatile @Nullable Way way;

    /** How a registry wants to be asked. */
    private sealed interface Way {

        record Basic() implements Way {}

        record Bearer(HttpUrl realm, String service) implements Way {}
    }

    /** What comes of a challenge. */
    public sealed interface Renewal {

        /**
         * The request may be sent again.
         *
         * @param authorization the header's value
         */
        record Authorized(String authorization) implements Renewal {

            @Override
            public String toString() {
                return "Authorized";
            }
        }

        /**
         * There is nothing better to show.
         *
         * @param reason why, and what to do
         */
        record Impossible(String reason) implements Renewal {}
    }

    /** One without a login check. */
    public Authorizer(HttpUrl registry, CredentialSource credentials, List<HostRule> tokenHosts,
            TokenEndpoint endpoint, Executor executor, Ticker ticker) {
        this(registry, credentials, tokenHosts, endpoint, executor, ticker, credential -> LoginCheck.Verdict.UNCLEAR);
    }

    /**
     * @param registry the registry's own address
     * @param executor runs token fetches; must not be bounded by what waits for them
     * @param loginCheck shows a name and a password to the registry itself
     */
    public Authorizer(HttpUrl registry, CredentialSource credentials, List<HostRule> tokenHosts,
            TokenEndpoint endpoint, Executor executor, Ticker ticker, LoginCheck loginCheck) {
        this.registry = registry;
        this.credentials = credentials;
        this.tokenHosts = List.copyOf(tokenHosts);
        this.tokens = new Tokens(credentials, endpoint, executor, ticker);
        this.loginCheck = loginCheck;
    }

    /**
     * What to send for this scope without having been asked; empty when nothing is known to be wanted.
     *
     * @throws CredentialsRefusedException while what the account shows is refused
     */
    public Optional<String> authorization(String scope) throws OriginException, InterruptedException {
        return switch (way) {
            case null -> Optional.empty();
            case Way.Basic() -> credentials.showable(loginCheck).flatMap(Authorizer::basic);
            case Way.Bearer(HttpUrl realm, String service) -> {
                try {
                    yield Optional.of(tokens.current(new TokenRequest(realm, service, scope)));
                } catch (OriginException e) {
                    way = isOfNoRequest(e) ? way : null;
                    throw e;
                }
            }
        };
    }

    /**
     * What to send after a 401.
     *
     * @param challenges as the registry sent them (RFC 9110, section 11.6.1)
     * @param refused the header that was refused; empty when none was sent
     */
    public Renewal renew(List<Challenge> challenges, String scope, Optional<String> refused)
            throws OriginException, InterruptedException {
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equalsIgnoreCase("Bearer")) {
                return renewBearer(challenge, scope, refused);
            }
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equalsIgnoreCase("Basic")) {
                return renewBasic(scope, refused);
            }
        }
        return new Renewal.Impossible("it asks for neither Bearer nor Basic authentication");
    }

    /**
     * What to send after a refusal that is no 401; empty when there is nothing else. What the account shows is asked for
     * anew, and so is a token that is not a new one.
     *
     * @param refused the header that was refused
     */
    public Optional<String> anew(String scope, String refused) throws OriginException, InterruptedException {
        return switch (way) {
            case null -> Optional.empty();
            case Way.Basic() -> {
                Optional<Credential.Login> shown = Credential.Login.of(refused);
                yield shown.isEmpty()
                        ? Optional.empty()
                        : credentials.insteadOf(shown.get()).flatMap(Authorizer::basic);
            }
            case Way.Bearer(HttpUrl realm, String service) ->
                tokens.anew(new TokenRequest(realm, service, scope), refused);
        };
    }

    /**
     * The registry has refused this twice, or has nothing against it.
     *
     * @param shown the header's value
     * @param status the registry's answer to it
     * @param scope what was asked for
     * @return what to say when it is the account that is refused; empty otherwise
     */
    public Optional<CredentialsRefusedException> answered(String shown, int status, String scope)
            throws InterruptedException {
        Optional<Credential.Login> login = Credential.Login.of(shown);
        if (login.isEmpty()) {
            return Optional.empty();
        }
        if (status == 401 || status == 403) {
            return credentials.refused(login.get(), scope, "the registry answered " + status + " to them; check the"
                    + " upstream's username and password, or what its credential-command prints", loginCheck);
        }
        if (status < 400 || status == 404) {
            credentials.accepted(login.get());
        }
        return Optional.empty();
    }

    private Renewal renewBasic(String scope, Optional<String> refused) throws OriginException, InterruptedException {
        way = new Way.Basic();
        Optional<Credential> credential = credentials.showable(loginCheck);
        if (credential.isPresent() && Tokens.isSame(credential.flatMap(Authorizer::basic), refused)) {
            Optional<Credential> other = credentials.insteadOf(credential.get());
            if (other.isEmpty() && refused.isPresent()) {
                Optional<CredentialsRefusedException> failure = answered(refused.get(), 401, scope);
                if (failure.isPresent()) {
                    throw failure.get();
                }
            }
            credential = other;
        }
        return switch (credential.orElse(null)) {
            case Credential.Login login -> new Renewal.Authorized(login.header());
            case Credential.IdentityToken identity ->
                new Renewal.Impossible("it wants a user name and a password, and there is"
                        + " an identity token only; set the upstream's username and password");
            case null -> new Renewal.Impossible(refused.isPresent()
                    ? "it refuses the user name and the password; check what the upstream's username may pull, and the"
                            + " repository's name"
                    : "it wants a user name and a password; set the upstream's username and password");
        };
    }

    private Renewal renewBearer(Challenge challenge, String scope, Optional<String> refused)
            throws OriginException, InterruptedException {
        HttpUrl realm = HttpUrl.parse(challenge.authParams().getOrDefault("realm", ""));
        if (realm == null) {
            return new Renewal.Impossible("its challenge names no token server");
        }
        Optional<String> refusal = RealmRules.refusal(registry, realm, tokenHosts);
        if (refusal.isPresent()) {
            return new Renewal.Impossible(refusal.get());
        }
        TokenRequest request = new TokenRequest(realm, challenge.authParams().getOrDefault("service", ""), scope);
        refused.ifPresent(header -> tokens.forget(request, header));
        String fresh;
        try {
            fresh = tokens.current(request);
        } catch (CredentialsRefusedException e) {
            way = new Way.Bearer(request.realm(), request.service());
            throw e;
        }
        way = new Way.Bearer(request.realm(), request.service());
        return Tokens.isSame(Optional.of(fresh), refused)
                ? new Renewal.Impossible("it refuses a token that its token server has just made")
                : new Renewal.Authorized(fresh);
    }

    private static Optional<String> basic(Credential credential) {
        return credential instanceof Credential.Login login ? Optional.of(login.header()) : Optional.empty();
    }

    /** Whether a token server was not asked, so that nothing was found out about it. */
    private static boolean isOfNoRequest(OriginException failure) {
        return failure.reason() == FailureReason.RATE_LIMITED
                || (failure instanceof CredentialsRefusedException refused && !refused.isOfNow());
    }
}

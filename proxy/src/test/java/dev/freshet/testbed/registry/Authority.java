package dev.freshet.testbed.registry;

import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who may pull what: checks requests, and gives out tokens (distribution's "Docker Registry v2 authentication"). */
final class Authority {

    private final Map<String, Grant> grants = new ConcurrentHashMap<>();
    private final AtomicInteger issued = new AtomicInteger();
    private final AtomicInteger exchanges = new AtomicInteger();

    private record Grant(Set<String> repositories, Instant expiry) {}

    /** The refusal that this request gets; empty if it may go on. */
    Optional<Reply> refusal(Request request, String repository, RegistrySettings settings, String authority) {
        String given = request.header("Authorization").orElse("");
        return switch (settings.auth()) {
            case Auth.Open open -> Optional.empty();
            case Auth.Basic(List<Account> accounts) -> account(accounts, given)
                    .filter(a -> mayPull(Optional.of(a), repository, settings)).isPresent()
                            ? Optional.empty()
                            : Optional.of(unauthorized("Basic realm=\"testbed\""));
            case Auth.Bearer bearer -> unlessHeld(given, repository, bearer.realm(), settings, authority);
            case Auth.OAuth2 oauth -> unlessHeld(given, repository, "", settings, authority);
        };
    }

    /** The answer of the token endpoint. */
    Reply token(Request request, RegistrySettings settings) {
        return switch (settings.auth()) {
            case Auth.Open open -> Reply.error(404, "UNSUPPORTED", "no tokens here");
            case Auth.Basic basic -> Reply.error(404, "UNSUPPORTED", "no tokens here");
            case Auth.Bearer bearer -> token(bearer, request, settings);
            case Auth.OAuth2 oauth -> exchange(oauth, request, settings);
        };
    }

    private Reply exchange(Auth.OAuth2 oauth, Request request, RegistrySettings settings) {
        if (!request.method().equals("POST")) {
            return Reply.error(405, "UNSUPPORTED", "POST only");
        }
        boolean isRefresh = request.field("grant_type").filter("refresh_token"::equals).isPresent();
        boolean isKnown = isRefresh
                ? request.field("refresh_token").filter(identity(oauth)::equals).isPresent()
                : request.field("username").filter(oauth.account().name()::equals).isPresent()
                        && request.field("password").filter(oauth.account().password()::equals).isPresent();
        if (!isKnown) {
            return Reply.of(400, "application/json", "{\"error\":\"invalid_grant\"}");
        }
        String[] scope = request.field("scope").orElse("").split(":", 3);
        String token = grant(scope.length == 3 ? Set.of(scope[1]) : Set.of(), oauth.tokenLife(), settings);
        String next = isRefresh ? ",\"refresh_token\":\"" + exchanged() + "\"" : "";
        return Reply.of(200, "application/json", "{\"access_token\":\"" + token + "\",\"expires_in\":"
                + oauth.tokenLife().toSeconds() + next + "}");
    }

    private String identity(Auth.OAuth2 oauth) {
        return exchanges.get() == 0 ? oauth.identityToken() : "testbed-token-identity-" + exchanges.get();
    }

    private String exchanged() {
        return "testbed-token-identity-" + exchanges.incrementAndGet();
    }

    private String grant(Set<String> repositories, Duration life, RegistrySettings settings) {
        String token = "testbed-token-" + issued.incrementAndGet() + "-" + Integer.toHexString(hashCode());
        grants.put(token, new Grant(repositories, settings.clock().instant().plus(life)));
        return token;
    }

    private Reply token(Auth.Bearer bearer, Request request, RegistrySettings settings) {
        Optional<String> given = request.header("Authorization");
        Optional<Account> account = given.flatMap(g -> account(bearer.accounts(), g));
        if (given.isPresent() && account.isEmpty()) {
            return unauthorized("Basic realm=\"testbed\"");
        }
        Set<String> repositories = new HashSet<>();
        for (Request.Parameter parameter : request.parameters()) {
            String[] scope = parameter.value().split(":", 3);
            if (parameter.name().equals("scope") && scope.length == 3 && scope[0].equals("repository")
                    && mayPull(account, scope[1], settings)) {
                repositories.add(scope[1]);
            }
        }
        String token = grant(repositories, bearer.tokenLife(), settings);
        return Reply.of(200, "application/json", "{\"token\":\"" + token + "\",\"access_token\":\"" + token
                + "\",\"expires_in\":" + bearer.tokenLife().toSeconds() + ",\"issued_at\":\""
                + settings.clock().instant() + "\"}");
    }

    private boolean holds(String given, String repository, Instant now) {
        Grant grant = given.startsWith("Bearer ") ? grants.get(given.substring("Bearer ".length())) : null;
        return grant != null && now.isBefore(grant.expiry())
                && (repository.isEmpty() || grant.repositories().contains(repository));
    }

    private Optional<Reply> unlessHeld(String given, String repository, String realm, RegistrySettings settings,
            String authority) {
        return holds(given, repository, settings.clock().instant())
                ? Optional.empty()
                : Optional.of(unauthorized(challenge(realm, repository, authority)));
    }

    private static String challenge(String named, String repository, String authority) {
        String realm = named.isEmpty() ? "http://" + authority + "/token" : named;
        String scope = repository.isEmpty() ? "" : ",scope=\"repository:" + repository + ":pull\"";
        return "Bearer realm=\"" + realm + "\",service=\"testbed\"" + scope;
    }

    private static boolean mayPull(Optional<Account> account, String repository, RegistrySettings settings) {
        return !settings.privateRepositories().contains(repository)
                || account.filter(a -> a.repositories().contains(repository)).isPresent();
    }

    private static Optional<Account> account(List<Account> accounts, String given) {
        return accounts.stream().filter(a -> a.basic().equals(given)).findFirst();
    }

    private static Reply unauthorized(String challenge) {
        Reply error = Reply.error(401, "UNAUTHORIZED", "authentication required");
        return new Reply(401, error.headers().withAll(Headers.of("WWW-Authenticate", challenge)), error.content());
    }
}

package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.guard.Admission.Held;
import dev.freshet.proxy.upstream.guard.Circuit;
import dev.freshet.proxy.upstream.guard.Pass;
import dev.freshet.proxy.upstream.guard.Trouble.Cause;
import dev.freshet.proxy.upstream.guard.Trouble;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.util.Optional;

/**
 * Asks a token server while it works. It has a circuit of its own: a registry that answers does not say that its token
 * server does, nor the reverse.
 */
public final class HeldTokens implements TokenEndpoint {

    private final RegistryHost upstream;
    private final Circuit circuit;
    private final TokenEndpoint server;

    public HeldTokens(RegistryHost upstream, Circuit circuit, TokenEndpoint server) {
        this.upstream = upstream;
        this.circuit = circuit;
        this.server = server;
    }

    @Override
    public Token fetch(TokenRequest request, Optional<Credential> credential) throws OriginException, InterruptedException {
        return switch (circuit.enter(request.scope())) {
            case Held held -> throw UpstreamException.heldBack("GET of a token for upstream " + upstream + " from "
                    + Reasons.withoutQuery(request.realm()) + " failed: ", held);
            case Pass pass -> {
                try (pass) {
                    yield fetch(request, credential, pass);
                }
            }
        };
    }

    private Token fetch(TokenRequest request, Optional<Credential> credential, Pass pass)
            throws OriginException, InterruptedException {
        try {
            Token token = server.fetch(request, credential);
            pass.answered();
            return token;
        } catch (UpstreamException e) {
            trouble(e, request.scope()).ifPresentOrElse(pass::failed, pass::answered);
            throw e;
        }
    }

    private static Optional<Trouble> trouble(UpstreamException failure, String scope) {
        String words = Reasons.shown(String.valueOf(failure.getMessage()));
        return switch (failure.kind()) {
            case UNREACHABLE -> Optional.of(new Trouble(Cause.UNREACHABLE, words, Optional.empty()));
            case STALLED -> Optional.of(new Trouble(Cause.STALLED, words, Optional.of(scope)));
            case SERVER_ERROR -> Optional.of(new Trouble(Cause.SERVER_ERROR, words, Optional.of(scope)));
            case NOT_FOUND, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, AGAINST_RULES, SIGNED_URL_REFUSED, BAD_ANSWER ->
                Optional.empty();
        };
    }
}

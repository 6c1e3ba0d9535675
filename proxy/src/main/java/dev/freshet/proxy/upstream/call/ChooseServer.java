package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.RegistryClient.Server;
import dev.freshet.proxy.upstream.call.Reply.Source;
import dev.freshet.proxy.upstream.call.Step.Attempt;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import dev.freshet.proxy.upstream.socket.Reasons;
import okhttp3.HttpUrl;

/**
 * The step that tells which server an address is of, and so what may be shown there: the registry's credentials to itself, an
 * anonymous token to another registry, nothing to storage. Where a redirect leads back to the registry from elsewhere, its
 * credentials are for the repository that was asked for only: no storage opens another one with them.
 *
 * @param own the registry itself
 */
record ChooseServer(RedirectRules rules, ConfigHint hint, Server own, OtherRegistries others) implements Step {

    @Override
    public Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException {
        RegistryRequest ask = attempt.ask();
        HttpUrl url = attempt.url();
        String repository = rules.repositoryAt(url).orElse("");
        if (rules.isRegistry(url)) {
            if (!attempt.hasLeft() || repository.equals(ask.repositoryName())) {
                return next.proceed(attempt.to(own, ask));
            }
            if (!repository.isEmpty()) {
                throw new UpstreamException(FailureReason.AGAINST_RULES,
                        attempt.failed() + "a redirect leads back to the registry, to repository "
                                + Reasons.shown(repository) + ", which was not asked for; pull from that one");
            }
        }
        if (repository.isEmpty()) {
            return next.proceed(attempt);
        }
        return rules.isOtherRegistry(url)
                ? next.proceed(attempt.to(others.at(url), ask.in(repository))).by(Source.OTHER_REGISTRY)
                : sendToStranger(attempt, repository, next);
    }

    /** A host that looks like a registry and was not named is asked like storage; a document of it counts as a registry's. */
    private Reply sendToStranger(Attempt attempt, String repository, Chain next)
            throws OriginException, InterruptedException {
        Reply reply = next.proceed(attempt);
        if (reply.wantsToken()) {
            reply.release();
            throw new UpstreamException(FailureReason.AGAINST_RULES,
                    attempt.failed() + RedirectRules.authority(attempt.url())
                            + ", to which it redirects, wants a token of its own for repository " + repository
                            + hint.toAuthorize(attempt.url()));
        }
        return attempt.ask().kind() == RequestKind.BLOB ? reply : reply.by(Source.OTHER_REGISTRY);
    }
}

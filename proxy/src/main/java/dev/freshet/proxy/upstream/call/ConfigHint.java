package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import okhttp3.HttpUrl;

/** The ends of messages that say which configuration would let a request go on. */
record ConfigHint(RedirectRules rules, RegistryHost upstream) {

    /** What would make an address one of the upstream's own storage. */
    String toTrust(HttpUrl url) {
        return "; if it is this upstream's own storage, add it to its redirect-hosts: "
                + rules.lineThatTrusts(upstream.value(), url);
    }

    /** What would make an address one of a registry that the upstream's content is at. */
    String toAuthorize(HttpUrl url) {
        return "; if this upstream's content is there, add it to its manifest-hosts: "
                + rules.lineThatAuthorizes(upstream.value(), url);
    }

    /** What to do about another registry that answers accounts only. */
    static String toAddUpstream(HttpUrl server) {
        return "; registries that another one redirects to are asked without an account: make " + server.host()
                + " an upstream of its own, with an account, and pull from that";
    }
}

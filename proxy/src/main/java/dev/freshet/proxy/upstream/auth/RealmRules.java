package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.HostRule;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;

/** Which token servers may be asked: the upstream names them in its challenge, so they are judged before. */
final class RealmRules {

    private static final int HTTPS_PORT = 443;

    private RealmRules() {}

    /**
     * Judges a realm: it must use https, or the registry's own scheme, host and port, and stand on the registry's own
     * host, on its registrable domain, or on a configured host; at the registry's port or at 443, where no other is
     * configured.
     *
     * @return why it is refused; empty when it is accepted
     */
    static Optional<String> refusal(HttpUrl registry, HttpUrl realm, List<HostRule> tokenHosts) {
        boolean usualPort = realm.port() == registry.port() || (realm.isHttps() && realm.port() == HTTPS_PORT);
        boolean ownHost = usualPort && realm.host().equals(registry.host());
        boolean configured = tokenHosts.stream().anyMatch(rule -> rule.covers(realm.host(), realm.port()));
        if (!realm.isHttps() && (registry.isHttps() || !(ownHost || configured))) {
            return Optional.of("token server " + realm.host() + " is not asked, as it does not use https");
        }
        if (ownHost || configured || (usualPort && sameRegistrableDomain(registry, realm))) {
            return Optional.empty();
        }
        return Optional.of("token server " + realm.host() + ":" + realm.port() + " is not asked, as it is foreign to "
                + registry.host()
                + "; if it is right, add it to the upstream's token-hosts");
    }

    private static boolean sameRegistrableDomain(HttpUrl registry, HttpUrl realm) {
        String domain = registry.topPrivateDomain();
        return domain != null && domain.equals(realm.topPrivateDomain());
    }
}

package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.HostRule;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;

/** Which token servers may be asked: the upstream names them in its challenge, so they are judged before. */
final class RealmRules {

    private RealmRules() {}

    /**
     * Judges a realm: it must use https, or the registry's own scheme and host, and stand on the registry's own host,
     * on its registrable domain, or on a configured host.
     *
     * @return why it is refused; empty when it is accepted
     */
    static Optional<String> refusal(HttpUrl registry, HttpUrl realm, List<HostRule> tokenHosts) {
        boolean ownHost = realm.host().equals(registry.host());
        boolean configured = tokenHosts.stream().anyMatch(rule -> rule.covers(realm.host(), realm.port()));
        if (!realm.isHttps() && (registry.isHttps() || !(ownHost || configured))) {
            return Optional.of("token server " + realm.host() + " is not asked, as it does not use https");
        }
        if (ownHost || configured || sameRegistrableDomain(registry, realm)) {
            return Optional.empty();
        }
        return Optional.of("token server " + realm.host() + " is not asked, as it is foreign to " + registry.host()
                + "; if it is right, add it to the upstream's token-hosts");
    }

    private static boolean sameRegistrableDomain(HttpUrl registry, HttpUrl realm) {
        String domain = registry.topPrivateDomain();
        return domain != null && domain.equals(realm.topPrivateDomain());
    }
}

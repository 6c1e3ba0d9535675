package dev.freshet.proxy.route;

import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.config.unit.HostRule;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.route.UpstreamNames.Names;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A router over four upstreams, and requests to it. */
final class Routing {

    static final String HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    static final String DIGEST = "sha256:" + HEX;

    static final Router ROUTER = new Router(new UpstreamNames(new RegistryHost("docker.io"),
            List.of(upstream("docker.io", List.of("registry-1.docker.io", "index.docker.io"),
                    "docker.mirror.example.com"), upstream("ghcr.io", List.of(), "ghcr.mirror.example.com:8443"),
                    upstream("localhost:5001", List.of()),
                    upstream("lab", List.of("the-lab"), "lab.mirror.example.com"))));

    private Routing() {}

    private static Names upstream(String name, List<String> aliases, String... hosts) {
        return new Names(new RegistryHost(name), aliases, List.of(hosts).stream().map(HostRule::parse).toList());
    }

    /** Routes a GET of a path, with {@code ?ns=} at its end where it has one. */
    static Route get(String target) {
        return at("localhost", OptionalInt.of(5000), target);
    }

    static Route at(String host, OptionalInt port, String target) {
        int ns = target.indexOf("?ns=");
        return ROUTER.route(new RequestHead("GET", ns < 0 ? target : target.substring(0, ns),
                ns < 0 ? Optional.empty() : Optional.of(target.substring(ns + 4)), host, port, RequestHead.Query.NONE,
                Accept.EVERYTHING));
    }

    static Route method(String method, String path) {
        return ROUTER
                .route(new RequestHead(method, path, Optional.empty(), "localhost", OptionalInt.empty(),
                        RequestHead.Query.NONE,
                        Accept.EVERYTHING));
    }

    /** What a route says, in a line: {@code docker.io/library/busybox:latest}, {@code ping docker.io}, {@code 404 NAME_UNKNOWN}. */
    static String line(Route route) {
        return switch (route) {
            case Route.Ping ping -> ("ping " + ping.registry().map(RegistryHost::value).orElse("")).strip();
            case Route.Manifest m -> "manifest "
                    + new ImageReference(m.repository(), m.reference());
            case Route.Blob blob -> "blob " + blob.repository() + "@" + blob.digest();
            case Route.Tags tags -> "tags " + tags.repository();
            case Route.Referrers referrers -> "referrers " + referrers.repository() + "@" + referrers.subject();
            case Route.Either either -> line(either.stripped()) + " or " + line(either.literal());
            case Route.Unroutable none -> none.error().status() + " " + none.error().code();
        };
    }
}

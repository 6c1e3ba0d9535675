package dev.freshet.proxy.route;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.Route.Page;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The routing of requests: what a request asks for, and of which upstream. An upstream can be named in five ways, the more explicit
 * first:
 *
 * <ol>
 * <li>{@code /<registry>/v2/<repository>/...}: the repository is all that comes after {@code /v2/}
 * <li>{@code /v2/<repository>/...?ns=<registry>}
 * <li>{@code /v2/<repository>/...} at a host that is configured for an upstream
 * <li>{@code /v2/<registry>/<repository>/...}: a first component that is an upstream's name or alias is a prefix, and no
 * part of the repository
 * <li>{@code /v2/<repository>/...}: the default upstream
 * </ol>
 *
 * <p>By {@code ns} or host, the first component may name the same upstream once more, as BuildKit, regctl and containerd with
 * {@code override_path} do. It is a prefix if it looks like a host, by which clients themselves tell registries from
 * repositories. Otherwise a repository may well be called so, and the route is {@link Route.Either}.
 */
public final class Router {

    private static final String DOCKER_HUB = "docker.io";
    private static final int HTTP_PORT = 80;

    /** A letter, a digit, {@code - . _ ~ :}. */
    private static final Pattern ENCODED = Pattern
            .compile("%(2[dDeE]|3[0-9aA]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF]|7[eE])");
    private static final Pattern DOT_SEGMENT = Pattern.compile("/\\.{1,2}(?=/|$)");

    private final UpstreamNames names;

    public Router(UpstreamNames names) {
        this.names = names;
    }

    /** Routes a request; never fails. */
    public Route route(RequestHead head) {
        if (!head.method().equals("GET") && !head.method().equals("HEAD")) {
            return unroutable(405, ErrorCode.UNSUPPORTED, head.method().matches("[A-Z]{1,20}")
                    ? head.method() + " refused: Freshet is a read-only mirror; push to the registry itself"
                    : "request refused: its method is unknown; use GET or HEAD");
        }
        String path = decoded(head.path());
        if (path.indexOf('%') >= 0 || path.indexOf(';') >= 0 || path.contains("//") || !path.startsWith("/")) {
            return notFound(
                    "path refused: registry paths hold no ';' or '//', and nothing percent-encoded that names and"
                            + " digests do not have");
        }
        try {
            return routePath(head, path);
        } catch (InvalidNameException e) {
            return new Route.Unroutable(Errors.of(e));
        }
    }

    /**
     * A path with the characters of names and digests that are percent-encoded in it decoded, once: those that mean the same
     * either way (RFC 3986, section 6.2.2.2), and colons, which separate nothing in a path. What could then be read as a dot
     * segment stays encoded.
     */
    private static String decoded(String path) {
        String decoded = path.indexOf('%') < 0
                ? path
                : ENCODED.matcher(path)
                        .replaceAll(octet -> Character.toString(Integer.parseInt(octet.group(1), 16)));
        return !decoded.equals(path) && DOT_SEGMENT.matcher(decoded).find() ? path : decoded;
    }

    /** Routes to the manifest of an image, as if it were asked for under this name; never fails. */
    public Route.OfImage route(ImageName image) {
        try {
            String rest = image.path() + "/manifests/" + image.reference();
            Route named = byPrefix(new RequestHead("GET", "/v2/" + rest, Optional.empty(), "", OptionalInt.empty(),
                    RequestHead.Query.NONE, Accept.EVERYTHING), rest);
            if (named instanceof Route.OfImage found) {
                return found;
            }
            throw new IllegalStateException(image + " names no image");
        } catch (InvalidNameException e) {
            return new Route.Unroutable(Errors.of(e));
        }
    }

    private Route routePath(RequestHead head, String path) {
        if (path.equals("/v2") || path.startsWith("/v2/")) {
            String rest = path.length() > 4 ? path.substring(4) : "";
            if (head.namespace().isPresent()) {
                String namespace = head.namespace().get();
                return names.named(namespace).map(registry -> explicit(head, registry, rest))
                        .orElseGet(() -> unknownRegistry(namespace));
            }
            return names.atHost(head.host(), head.port().orElse(HTTP_PORT))
                    .map(registry -> explicit(head, registry, rest)).orElseGet(() -> byPrefix(head, rest));
        }
        int slash = path.indexOf('/', 1);
        if (slash > 0 && (path.startsWith("/v2/", slash) || path.substring(slash).equals("/v2"))) {
            String registry = path.substring(1, slash);
            String rest = path.length() > slash + 4 ? path.substring(slash + 4) : "";
            return names.named(registry).map(known -> content(head, known, rest))
                    .orElseGet(() -> unknownRegistry(registry));
        }
        return notFound("path refused: nothing is served there; registry paths begin with /v2/");
    }

    private Route explicit(RequestHead head, RegistryHost registry, String rest) {
        int slash = rest.indexOf('/');
        boolean namedAgain = slash > 0 && names.named(rest.substring(0, slash)).filter(registry::equals).isPresent();
        if (!namedAgain) {
            return content(head, registry, rest);
        }
        Route stripped = contentOrRefusal(head, registry, rest.substring(slash + 1));
        if (stripped instanceof Route.Ping || looksLikeHost(rest.substring(0, slash))) {
            return stripped;
        }
        Route literal = contentOrRefusal(head, registry, rest);
        if (stripped instanceof Route.OfRepository one && literal instanceof Route.OfRepository other) {
            return new Route.Either(one, other);
        }
        return literal instanceof Route.Unroutable ? stripped : literal;
    }

    private Route contentOrRefusal(RequestHead head, RegistryHost registry, String rest) {
        try {
            return content(head, registry, rest);
        } catch (InvalidNameException e) {
            return new Route.Unroutable(Errors.of(e));
        }
    }

    private Route byPrefix(RequestHead head, String rest) {
        int slash = rest.indexOf('/');
        if (slash < 0) {
            return content(head, names.defaultUpstream(), rest);
        }
        String first = rest.substring(0, slash);
        Optional<RegistryHost> named = names.named(first);
        if (named.isPresent()) {
            return content(head, named.get(), rest.substring(slash + 1));
        }
        return looksLikeHost(first) ? unknownRegistry(first) : content(head, names.defaultUpstream(), rest);
    }

    private static boolean looksLikeHost(String component) {
        return component.indexOf('.') >= 0 || component.indexOf(':') >= 0;
    }

    /** Reads {@code <repository>/manifests/<reference>}, and so on for blobs, tags and referrers. */
    private Route content(RequestHead head, RegistryHost registry, String rest) {
        if (rest.isEmpty()) {
            return new Route.Ping(Optional.of(registry));
        }
        List<String> parts = List.of(rest.split("/", -1));
        if (parts.size() < 3) {
            return noEndpoint();
        }
        String endpoint = parts.get(parts.size() - 2);
        String last = parts.getLast();
        String name = String.join("/", parts.subList(0, parts.size() - 2));
        return switch (endpoint) {
            case "manifests" -> new Route.Manifest(repository(registry, name), Reference.parse(last), head.accept());
            case "blobs" -> new Route.Blob(repository(registry, name), Digest.parse(last));
            case "referrers" -> new Route.Referrers(repository(registry, name), Digest.parse(last),
                    head.query().artifactType().filter(type -> !type.isEmpty()));
            case "tags" -> last.equals("list") ? tags(head, repository(registry, name)) : noEndpoint();
            default -> noEndpoint();
        };
    }

    private static Route tags(RequestHead head, Repository repository) {
        return Page.of(head).<Route>map(page -> new Route.Tags(repository, page))
                .orElseGet(() -> unroutable(400, ErrorCode.PAGINATION_NUMBER_INVALID,
                        "list of tags refused: its n is no number from 0 on; leave it out, or use one up to "
                                + Page.MOST));
    }

    private static Route noEndpoint() {
        return notFound("path refused: it names neither a manifest, a blob nor a list");
    }

    private static Repository repository(RegistryHost registry, String name) {
        boolean isOfficial = registry.value().equals(DOCKER_HUB) && name.indexOf('/') < 0;
        return new Repository(registry, isOfficial ? "library/" + name : name);
    }

    private Route unknownRegistry(String name) {
        String known = names.all().stream().map(RegistryHost::value).sorted().collect(Collectors.joining(", "));
        String shown = name.length() <= 255 && name.matches("[a-zA-Z0-9._:-]+") ? name : "of this name";
        return new Route.Unroutable(new OciError(404, ErrorCode.NAME_UNKNOWN, "upstream " + shown
                + " is not configured; use one of these, or add it under `upstreams`: " + known,
                Map.of("upstreams", known), Optional.empty()));
    }

    private static Route notFound(String message) {
        return unroutable(404, ErrorCode.NAME_UNKNOWN, message);
    }

    private static Route unroutable(int status, ErrorCode code, String message) {
        return new Route.Unroutable(new OciError(status, code, message));
    }
}

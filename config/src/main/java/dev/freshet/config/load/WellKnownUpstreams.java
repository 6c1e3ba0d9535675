package dev.freshet.config.load;

import dev.freshet.config.load.Node.Mapping;
import dev.freshet.config.load.Node.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The well-known public registries. They are the upstreams if none are configured. A configured upstream with a well-known
 * name gets its missing options from this list. An upstream with its own URL is another host with other trust, so it gets the
 * aliases only.
 */
final class WellKnownUpstreams {

    static final String KEY = "upstreams";

    private static final String YAML = """
            docker.io:
              url: https://registry-1.docker.io
              aliases: [registry-1.docker.io, index.docker.io]
              token-hosts: [auth.docker.io]
            ghcr.io:
            quay.io:
            gcr.io:
            registry.k8s.io:
            public.ecr.aws:
            mcr.microsoft.com:
            registry.gitlab.com:
            docker.elastic.co:
            nvcr.io:
            cgr.dev:
            registry.access.redhat.com:
            registry.fedoraproject.org:
            registry.opensuse.org:
            container-registry.oracle.com:
            """;

    private WellKnownUpstreams() {}

    /** The tree with the missing options of upstreams. */
    static Mapping complete(Mapping tree) {
        Mapping wellKnown = wellKnown();
        Node configured = tree.entries().get(KEY);
        if (configured == null) {
            return tree.with(KEY, wellKnown);
        }
        if (!(configured instanceof Mapping upstreams)) {
            return tree;
        }
        Mapping result = tree;
        for (Map.Entry<String, Node> upstream : upstreams.entries().entrySet()) {
            if (wellKnown.entries().get(upstream.getKey()) instanceof Mapping defaults) {
                result = addLeftOut(result, List.of(KEY, upstream.getKey()), upstream.getValue(), defaults);
            }
        }
        return result;
    }

    private static Mapping addLeftOut(Mapping tree, List<String> path, Node upstream, Mapping defaults) {
        Map<String, Node> given = upstream instanceof Mapping mapping ? mapping.entries() : Map.of();
        Mapping result = tree;
        for (Map.Entry<String, Node> leftOut : defaults.entries().entrySet()) {
            String key = leftOut.getKey();
            if (!given.containsKey(key) && (key.equals("aliases") || !given.containsKey("url"))) {
                result = result.with(List.of(path.getFirst(), path.getLast(), key), leftOut.getValue());
            }
        }
        return result;
    }

    private static Mapping wellKnown() {
        Report none = new Report();
        Optional<Node> read = YamlReader.read(YAML, KEY, Origin.DEFAULT, none);
        return read.map(Mapping.class::cast).orElseThrow();
    }
}

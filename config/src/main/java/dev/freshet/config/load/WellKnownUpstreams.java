package dev.freshet.config.load;

import dev.freshet.config.load.Node.Mapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The public registries that everyone uses. They are the upstreams when none are configured; when some are, a well-known
 * one among them gets from here what it leaves out. A URL of one's own is another host with other trust: only the
 * aliases, which say what images call it, are then added.
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

    /** The tree with what it leaves out about upstreams. */
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
        Problems none = new Problems();
        Optional<Node> read = YamlReader.read(YAML, KEY, new Origin.Default(), none);
        return read.map(Mapping.class::cast).orElseThrow();
    }
}

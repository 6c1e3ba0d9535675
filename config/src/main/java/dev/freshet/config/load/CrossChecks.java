package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.Prefetch;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.unit.HostRule;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Checks of options against each other, and against the files they name. */
final class CrossChecks {

    private static final int FILLS_FOR_PREFETCH = 4;

    private final FreshetConfig config;
    private final Settings settings;
    private final Problems problems;

    CrossChecks(FreshetConfig config, Settings settings, Problems problems) {
        this.config = config;
        this.settings = settings;
        this.problems = problems;
    }

    void run() {
        defaultUpstreamExists();
        namesAreUnique();
        hostsAreUnique();
        prefetchHasRoom();
        allowedUrlsExist();
        config.upstreams().forEach((name, upstream) -> {
            new AccountChecks(settings, problems).run("upstreams." + name, upstream);
            caFileIsReadable("upstreams." + name + ".ca-file", upstream);
        });
    }

    private void defaultUpstreamExists() {
        boolean exists = config.upstreams().containsKey(config.defaultUpstream());
        if (!exists && !problems.concern("default-upstream") && !problems.concern("upstreams")) {
            String names = String.join(", ", config.upstreams().keySet().stream().map(UpstreamName::value).toList());
            add("default-upstream",
                    config.defaultUpstream() + " is not among the upstreams: add it there, or use one of "
                            + names);
        }
    }

    private void namesAreUnique() {
        Map<UpstreamName, UpstreamName> owners = new HashMap<>();
        config.upstreams().keySet().forEach(name -> owners.put(name, name));
        config.upstreams().forEach((name, upstream) -> upstream.aliases().forEach(alias -> {
            UpstreamName owner = owners.putIfAbsent(alias, name);
            if (owner != null && !owner.equals(name)) {
                add("upstreams." + name + ".aliases",
                        "\"" + alias + "\" means the upstream " + owner + " already: remove it from one of the two");
            }
        }));
    }

    private void hostsAreUnique() {
        Map<HostRule, UpstreamName> owners = new LinkedHashMap<>();
        config.upstreams().forEach((name, upstream) -> upstream.hosts().forEach(host -> {
            owners.entrySet().stream()
                    .filter(claimed -> claimed.getKey().overlaps(host) && !claimed.getValue().equals(name))
                    .findFirst()
                    .ifPresent(claimed -> add("upstreams." + name + ".hosts", "\"" + host + "\" means the upstream "
                            + claimed.getValue() + " already: remove it from one of the two"));
            owners.putIfAbsent(host, name);
        }));
    }

    /** Prefetching uses at most a quarter of the fills. */
    private void prefetchHasRoom() {
        boolean hasNone = config.fetch().prefetch() == Prefetch.LAYERS
                && config.fetch().maxFills() < FILLS_FOR_PREFETCH;
        if (hasNone && !problems.concern("fetch.max-fills")) {
            add("fetch.prefetch", "layers needs fetch.max-fills of " + FILLS_FOR_PREFETCH
                    + " or more, a quarter of which it may use: raise it, or use none");
        }
    }

    private void allowedUrlsExist() {
        config.foreignLayers().allow().stream().filter(pattern -> !pattern.mayMatchWeb())
                .forEach(pattern -> add("foreign-layers.allow", "\"" + pattern + "\" matches no URL from its first"
                        + " character on: begin it with http:// or https://, such as ^https://mcr\\.microsoft\\.com/"));
    }

    private void caFileIsReadable(String key, UpstreamConfig upstream) {
        upstream.caFile().filter(file -> !Files.isRegularFile(file) || !Files.isReadable(file))
                .ifPresent(file -> add(key, file + " cannot be read: make it a readable PEM file"));
    }

    private void add(String key, String message) {
        problems.add(key, settings.originOf(key), message);
    }
}

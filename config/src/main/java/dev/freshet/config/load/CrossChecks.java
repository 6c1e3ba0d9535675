package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.FreshetConfig.Prefetch;
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
    private final Report report;

    CrossChecks(FreshetConfig config, Report report) {
        this.config = config;
        this.report = report;
    }

    void run() {
        defaultUpstreamExists();
        namesAreUnique();
        hostsAreUnique();
        prefetchHasRoom();
        allowedUrlsExist();
        config.upstreams().forEach((name, upstream) -> {
            new AccountReader(report).check("upstreams." + name, upstream);
            caFileIsReadable("upstreams." + name + ".ca-file", upstream);
        });
    }

    private void defaultUpstreamExists() {
        boolean exists = config.upstreams().containsKey(config.defaultUpstream());
        if (!exists && !report.hasProblem("default-upstream") && !report.hasProblem("upstreams")) {
            String names = String.join(", ", config.upstreams().keySet().stream().map(UpstreamName::value).toList());
            report.problem("default-upstream",
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
                report.problem("upstreams." + name + ".aliases",
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
                    .ifPresent(claimed -> report.problem("upstreams." + name + ".hosts",
                            "\"" + host + "\" means the upstream "
                                    + claimed.getValue() + " already: remove it from one of the two"));
            owners.putIfAbsent(host, name);
        }));
    }

    /** Prefetching uses at most a quarter of the fills. */
    private void prefetchHasRoom() {
        boolean hasNone = config.fetch().prefetch() == Prefetch.LAYERS
                && config.fetch().maxFills() < FILLS_FOR_PREFETCH;
        if (hasNone && !report.hasProblem("fetch.max-fills")) {
            report.problem("fetch.prefetch", "layers needs fetch.max-fills of " + FILLS_FOR_PREFETCH
                    + " or more, a quarter of which it may use: raise it, or use none");
        }
    }

    private void allowedUrlsExist() {
        config.foreignLayers().allow().stream().filter(pattern -> !pattern.mayMatchWeb())
                .forEach(pattern -> report.problem("foreign-layers.allow", "\"" + pattern
                        + "\" matches no URL from its first"
                        + " character on: begin it with http:// or https://, such as ^https://mcr\\.microsoft\\.com/"));
    }

    private void caFileIsReadable(String key, UpstreamConfig upstream) {
        upstream.caFile().filter(file -> !Files.isRegularFile(file) || !Files.isReadable(file))
                .ifPresent(file -> report.problem(key, file + " cannot be read: make it a readable PEM file"));
    }
}

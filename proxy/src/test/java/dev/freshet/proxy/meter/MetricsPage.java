package dev.freshet.proxy.meter;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code docs/metrics.md}, written from the list of metrics. */
final class MetricsPage {

    private static final String INTRODUCTION = """
            # Metrics

            Written from the code by a test; do not edit it. `GET /metrics` on the admin port gives these in Prometheus'
            text format. Labels hold words of closed lists and the names of configured upstreams only: no client can make
            more of them. What has never happened has no line yet, or 0.

            | name | type | labels | what it says |
            |---|---|---|---|
            """;

    private static final String RUNTIME = """

            `_bucket`, `_sum` and `_count` belong to each histogram. Besides these there are the Java runtime's own, as
            Micrometer names them: `jvm_memory_*`, `jvm_gc_*`, `jvm_threads_*`, `jvm_buffer_*`, `system_cpu_*`,
            `process_*`.
            """;

    private MetricsPage() {}

    static String write() {
        return INTRODUCTION + Arrays.stream(Metric.values()).map(MetricsPage::row).collect(Collectors.joining())
                + RUNTIME;
    }

    private static String row(Metric metric) {
        String labels = metric.labels().stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
        return "| `" + metric.prometheusName() + "` | " + metric.type().name().toLowerCase(Locale.ROOT) + " | "
                + labels + " | " + metric.help() + " |\n";
    }
}

package dev.freshet.proxy.meter;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code docs/metrics.md}, written from the list of metrics. */
final class MetricsPage {

    private static final String INTRODUCTION = """
            # Metrics

            This page is generated from the code; a test fails when it is stale. `GET /metrics` on the admin port returns these
            metrics in the text format of Prometheus. Label values are words of closed lists and names of configured upstreams, so
            that clients cannot add label values. A counter has no line, or 0, before its first event.

            | name | type | labels | meaning |
            |---|---|---|---|
            """;

    private static final String RUNTIME = """

            Each histogram has `_bucket`, `_sum` and `_count`. `/metrics` also has the metrics of the Java runtime, with the names of
            Micrometer: `jvm_memory_*`, `jvm_gc_*`, `jvm_threads_*`, `jvm_buffer_*`, `system_cpu_*`, `process_*`.
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

package dev.freshet.proxy.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The values of the metrics, and those of the Java runtime. Label values come in the order of the metric's labels. */
final class Instruments implements AutoCloseable {

    private static final Duration[] BUCKETS = {Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(25),
            Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(10),
            Duration.ofSeconds(60), Duration.ofSeconds(300)};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    Instruments() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** Adds to a counter. */
    void add(Metric counter, double amount, String... values) {
        Counter.builder(counter.id()).description(counter.help()).tags(tags(counter, values)).register(registry)
                .increment(amount);
    }

    /** Adds a measurement to a histogram. */
    void record(Metric histogram, Duration elapsed, String... values) {
        Timer.builder(histogram.id()).description(histogram.help()).serviceLevelObjectives(BUCKETS)
                .tags(tags(histogram, values))
                .register(registry).record(elapsed);
    }

    /** Reads a gauge from its source at each scrape. */
    <T> void watch(Metric gauge, T source, ToDoubleFunction<T> reading, String... values) {
        Gauge.builder(gauge.id(), source, reading).description(gauge.help()).strongReference(true)
                .tags(tags(gauge, values)).register(registry);
    }

    /** Reads a counter from a source that counts by itself, at each scrape. */
    <T> void count(Metric counter, T source, ToDoubleFunction<T> reading, String... values) {
        FunctionCounter.builder(counter.id(), source, reading).description(counter.help())
                .tags(tags(counter, values)).register(registry);
    }

    /** All metrics in the text format of Prometheus. */
    String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private static List<Tag> tags(Metric metric, String... values) {
        List<String> labels = metric.labels();
        if (labels.size() != values.length) {
            throw new IllegalArgumentException(metric + " has the labels " + labels);
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            tags.add(Tag.of(labels.get(i), values[i]));
        }
        return tags;
    }
}

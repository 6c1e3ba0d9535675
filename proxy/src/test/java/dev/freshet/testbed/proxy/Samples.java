package dev.freshet.testbed.proxy;

import java.util.stream.Stream;

/** Metrics in Prometheus' text format, as a test reads them. */
public final class Samples {

    private Samples() {}

    /** The sum of a metric's samples that have all these labels, each as {@code name="value"}. */
    public static long sum(String page, String name, String... labels) {
        return page.lines().filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(" ") + 1))).sum();
    }
}

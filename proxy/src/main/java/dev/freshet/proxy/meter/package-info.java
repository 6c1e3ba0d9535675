/** Metrics: what listeners hear becomes what Prometheus scrapes. The only place that knows Micrometer. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.meter;

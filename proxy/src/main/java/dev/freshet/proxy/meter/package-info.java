/** Metrics and event logs, fed by listeners. The only package that uses Micrometer. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.meter;

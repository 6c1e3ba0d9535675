/** Metrics and the access log. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.meter;

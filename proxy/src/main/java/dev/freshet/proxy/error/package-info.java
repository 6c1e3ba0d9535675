/** What clients are told when they do not get what they asked for: OCI error bodies, made in one place. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.error;

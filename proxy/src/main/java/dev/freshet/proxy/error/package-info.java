/** The errors that clients get: OCI error bodies, made in one place. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.error;

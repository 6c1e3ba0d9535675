/** The prefetch: a queue of images whose blobs are fetched in the background, and the orders that fill it. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.serve.prefetch;

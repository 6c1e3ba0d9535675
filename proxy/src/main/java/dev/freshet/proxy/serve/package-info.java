/**
 * From what is asked for to the answer: one service for manifests, one for blobs. They decide who may have what, whether
 * what is known is still fresh, and when an upstream is asked. They block, and know nothing of HTTP servers.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.serve;

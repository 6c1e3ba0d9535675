/** The data port over real sockets: a whole server over in-memory stores and a fake registry, and clients of bare bytes. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.http;

/** Connections that are read in large pieces: OkHttp itself reads 8 KiB at a time. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.socket;

/**
 * HTTP clients of an upstream and their connections, which are read in large pieces (OkHttp itself reads 8 KiB at a time) and
 * whose addresses are checked as they are connected; and their failures in words.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.socket;

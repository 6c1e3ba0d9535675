/**
 * The data port: from an exchange to a request's head, and from an answer to the bytes on the wire. I/O threads parse,
 * route and send; work that may wait runs on a virtual thread.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.http;

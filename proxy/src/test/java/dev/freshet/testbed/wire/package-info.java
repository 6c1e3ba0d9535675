/**
 * HTTP/1.1 on bare sockets, so that a test decides about every byte: {@link WireServer} reads a {@link Request}, a
 * handler makes a {@link Reply}, and the {@link Manner} says how it is put on the wire - slowly, held at a byte, cut, or
 * under a head that no HTTP library would write.
 */
@NullMarked
package dev.freshet.testbed.wire;

import org.jspecify.annotations.NullMarked;

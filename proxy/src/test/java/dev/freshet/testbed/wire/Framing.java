package dev.freshet.testbed.wire;

/** How the recipient learns where a body ends (RFC 9112, section 6.3). */
public enum Framing {
    /** By {@code Content-Length}. */
    LENGTH,
    /** By the last chunk. */
    CHUNKED,
    /** By the end of the connection: no length is stated. */
    UNTIL_CLOSE
}

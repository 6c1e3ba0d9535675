package dev.freshet.testbed.proxy;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.wire.Headers;
import java.nio.charset.StandardCharsets;

/** What a client got. */
public final class Got {

    private final int status;
    private final Headers headers;
    private final byte[] body;
    private final boolean cut;

    Got(int status, Headers headers, byte[] body, boolean cut) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.cut = cut;
    }

    /** The status; 0 when the connection ended before a head came. */
    public int status() {
        return status;
    }

    /** The fields of the answer's head. */
    public Headers headers() {
        return headers;
    }

    /** As much of the body as came; not to be changed. */
    public byte[] body() {
        return body;
    }

    /** Whether the connection ended before the body did. */
    public boolean cut() {
        return cut;
    }

    static Got nothing() {
        return new Got(0, Headers.NONE, new byte[0], true);
    }

    /** A header field's first value; empty when there is none. */
    public String header(String name) {
        return headers.first(name).orElse("");
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The digest of what came. */
    public Digest digest() {
        return Digest.sha256(body);
    }

    @Override
    public String toString() {
        String shown = body.length <= 2000 ? text() : body.length + " bytes";
        return status + (cut ? " (cut) " : " ") + headers.fields() + " " + shown;
    }
}

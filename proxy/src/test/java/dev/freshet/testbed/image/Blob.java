package dev.freshet.testbed.image;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.wire.Content;

/**
 * A layer or a configuration.
 *
 * @param digest the SHA-256 of its bytes
 * @param content its bytes
 */
public record Blob(Digest digest, Content content) {

    /** These bytes. */
    public static Blob of(byte[] bytes) {
        return new Blob(Digest.sha256(bytes), Content.of(bytes));
    }
}

package dev.freshet.testbed.image;

import dev.freshet.cache.name.Digest;
import java.nio.charset.StandardCharsets;

/**
 * A manifest or an index.
 *
 * @param mediaType its type
 * @param json its text, byte for byte
 */
public record Manifest(String mediaType, String json) {

    /** The SHA-256 of its bytes. */
    public Digest digest() {
        return Digest.sha256(bytes());
    }

    /** Its bytes. */
    public byte[] bytes() {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}

package dev.freshet.testbed.image;

import dev.freshet.cache.name.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A manifest of schema 1 with a signature, in the form in which libtrust writes it (Docker image manifest version 2, schema 1).
 * The signature itself is none.
 */
public final class SignedManifest {

    private final byte[] payload;
    private final byte[] body;

    private SignedManifest(byte[] payload, byte[] body) {
        this.payload = payload;
        this.body = body;
    }

    /** What is signed; not to be changed. */
    public byte[] payload() {
        return payload;
    }

    /** The payload and the signatures; not to be changed. */
    public byte[] body() {
        return body;
    }

    /** One that names one layer. */
    public static SignedManifest of(Digest layer) {
        return of("""
                {
                   "schemaVersion": 1,
                   "name": "old/app",
                   "tag": "v1",
                   "architecture": "amd64",
                   "fsLayers": [
                      {
                         "blobSum": "%s"
                      }
                   ],
                   "history": [
                      {
                         "v1Compatibility": "{\\"id\\":\\"1\\"}"
                      }
                   ]
                }""".formatted(layer));
    }

    /** One of a JSON object that ends with a line of its own. */
    public static SignedManifest of(String payload) {
        int length = payload.length() - 2;
        return signed(payload, payload.substring(0, length), signature(length, payload.substring(length)));
    }

    /** One whose body begins with this and goes on with these signatures. */
    public static SignedManifest signed(String payload, String head, String... signatures) {
        return new SignedManifest(utf8(payload),
                utf8(head + ",\n   \"signatures\": [" + String.join(",", signatures) + "]\n}"));
    }

    /** What is no signed manifest at all. */
    public static SignedManifest none(String body) {
        return new SignedManifest(new byte[0], utf8(body));
    }

    /** A signature that says this of the payload. */
    public static String signature(int length, String tail) {
        String header = "{\"formatLength\":" + length + ",\"formatTail\":\"" + base64(tail)
                + "\",\"time\":\"2015-01-01T00:00:00Z\"}";
        return "{\"header\":{\"alg\":\"ES256\"},\"signature\":\"AAAA\",\"protected\":\"" + base64(header) + "\"}";
    }

    /** By which registries know it. */
    public Digest digest() {
        return Digest.sha256(payload);
    }

    @Override
    public String toString() {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(utf8(text));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

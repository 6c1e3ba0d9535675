package dev.freshet.proxy.upstream.document;

import dev.freshet.cache.name.Digest;

/** A manifest as its registry sent it. */
public final class FetchedManifest {

    private final Digest digest;
    private final Digest bodyDigest;
    private final String mediaType;
    private final byte[] body;

    private FetchedManifest(Digest digest, Digest bodyDigest, String mediaType, byte[] body) {
        this.digest = digest;
        this.bodyDigest = bodyDigest;
        this.mediaType = mediaType;
        this.body = body;
    }

    /** One whose digest is that of its body. */
    static FetchedManifest whole(Digest digest, String mediaType, byte[] body) {
        return new FetchedManifest(digest, digest, mediaType, body);
    }

    /** One whose digest is that of its body without the signatures, which it can only be as a signed manifest. */
    static FetchedManifest signed(Digest digest, byte[] body) {
        return new FetchedManifest(digest, Digest.sha256(body), MediaTypes.SIGNED, body);
    }

    /** By which registries know it, computed here: of the body, or of its {@linkplain SignedPayload payload}. */
    public Digest digest() {
        return digest;
    }

    /** Of the body, computed here. */
    public Digest bodyDigest() {
        return bodyDigest;
    }

    /** As the registry says, without parameters; empty when it does not. */
    public String mediaType() {
        return mediaType;
    }

    /** At most 4 MiB; not to be changed. */
    public byte[] body() {
        return body;
    }
}

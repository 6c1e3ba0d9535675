package dev.freshet.proxy.upstream;

import dev.freshet.cache.name.Digest;

/** A manifest as its registry sent it. */
public final class FetchedManifest {

    private final Digest digest;
    private final String mediaType;
    private final byte[] body;

    FetchedManifest(Digest digest, String mediaType, byte[] body) {
        this.digest = digest;
        this.mediaType = mediaType;
        this.body = body;
    }

    /** Of the body, computed here. */
    public Digest digest() {
        return digest;
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

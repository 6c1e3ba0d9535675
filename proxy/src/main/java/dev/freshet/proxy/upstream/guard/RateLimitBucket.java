package dev.freshet.proxy.upstream.guard;

import java.util.List;

/** What registries count by itself, for all repositories of an account together. */
public enum RateLimitBucket {

    /** HEAD of manifests; free at Docker Hub, so that a refusal of it is of everything that concerns manifests. */
    MANIFEST_HEADS("HEAD of manifests"),
    /** GET of manifests: the pulls that Docker Hub counts. */
    MANIFEST_GETS("GET of manifests"),
    /** GET of blobs, at the registry itself; storages do not count. */
    BLOBS("GET of blobs"),
    /** GET of lists of tags and of referrers. */
    LISTS("GET of lists"),
    /** Requests for tokens, which the token server counts and not the registry. */
    TOKENS("asking for tokens");

    private final String words;

    RateLimitBucket(String words) {
        this.words = words;
    }

    /** What a refusal of holds up a call of this kind, the kind itself last. */
    List<RateLimitBucket> heldUpBy() {
        return switch (this) {
            case MANIFEST_HEADS -> List.of(MANIFEST_HEADS);
            case MANIFEST_GETS -> List.of(MANIFEST_HEADS, MANIFEST_GETS);
            case BLOBS -> List.of(BLOBS);
            case LISTS -> List.of(LISTS);
            case TOKENS -> List.of(TOKENS);
        };
    }

    /** What it is, for messages. */
    public String words() {
        return words;
    }
}

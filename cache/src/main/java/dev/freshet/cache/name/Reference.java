package dev.freshet.cache.name;

/** What follows the repository in a manifest's address: a tag, which may move, or a digest, which never does. */
public sealed interface Reference permits Tag, Digest {

    /**
     * Reads a reference; a text with a colon is a digest, as no tag holds one (OCI distribution spec 1.1, "Pulling
     * manifests").
     *
     * @throws InvalidNameException if it is neither
     */
    static Reference parse(String text) {
        return text.indexOf(':') >= 0 ? Digest.parse(text) : new Tag(text);
    }
}

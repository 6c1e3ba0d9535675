package dev.freshet.testbed.image;

import dev.freshet.cache.name.Digest;

/**
 * A layer.
 *
 * @param blob the compressed tar archive
 * @param diffId the digest of the archive before compression
 */
public record Layer(Blob blob, Digest diffId) {}

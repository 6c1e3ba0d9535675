package dev.freshet.cache.catalog;

import java.util.List;

/**
 * Where else than in its repository a blob is to be had, as a manifest says: a descriptor with {@code urls} (OCI image spec
 * 1.1, "Descriptors"). Whoever pushed the manifest has said so, and nobody has checked it.
 *
 * @param mediaType as the manifest says; empty when it does not
 * @param size bytes
 * @param urls as written, in the order of the manifest
 */
public record ForeignLayer(String mediaType, long size, List<String> urls) {

    public ForeignLayer {
        urls = List.copyOf(urls);
    }
}

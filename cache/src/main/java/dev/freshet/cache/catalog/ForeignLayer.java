package dev.freshet.cache.catalog;

import java.util.List;

/**
 * A layer outside of its repository, as a manifest says: a descriptor with {@code urls} (OCI image spec
 * 1.1, "Descriptors"). The publisher of the manifest claims it, and no registry has checked it.
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

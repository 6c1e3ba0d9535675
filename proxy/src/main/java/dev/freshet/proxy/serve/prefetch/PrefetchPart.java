package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.serve.document.ManifestDocument;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * A blob to fetch.
 *
 * @param repository that it is fetched from
 * @param size bytes, as its manifest says; empty when it does not
 * @param isAskedFor whether somebody has asked for its image by name
 */
record PrefetchPart(Repository repository, Digest digest, OptionalLong size, boolean isAskedFor) {

    /** What a manifest's repository holds of its image, the largest first. */
    static List<PrefetchPart> of(Repository repository, ManifestDocument manifest, boolean isAskedFor) {
        return manifest.blobLinks().entrySet().stream()
                .map(blob -> new PrefetchPart(repository, blob.getKey(), blob.getValue().size(), isAskedFor))
                .sorted(Comparator.comparingLong(PrefetchPart::bytes).reversed()).toList();
    }

    /** Its size, as far as that is known. */
    long bytes() {
        return size.orElse(0);
    }

    /** Whether all of them together are no more than so many bytes. */
    static boolean fit(Collection<PrefetchPart> parts, long room) {
        long left = room;
        for (PrefetchPart part : parts) {
            if (part.bytes() > left) {
                return false;
            }
            left -= part.bytes();
        }
        return true;
    }
}

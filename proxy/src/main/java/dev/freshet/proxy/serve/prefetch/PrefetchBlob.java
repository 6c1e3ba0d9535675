package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.serve.document.ManifestDocument;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * A blob to prefetch.
 *
 * @param repository that it is fetched from
 * @param size bytes, as its manifest says; empty when it does not
 * @param isAskedFor whether its image was ordered by name
 */
record PrefetchBlob(Repository repository, Digest digest, OptionalLong size, boolean isAskedFor) {

    /** The blobs of an image that its repository holds, the largest first. */
    static List<PrefetchBlob> of(Repository repository, ManifestDocument manifest, boolean isAskedFor) {
        return manifest.blobLinks().entrySet().stream()
                .map(blob -> new PrefetchBlob(repository, blob.getKey(), blob.getValue().size(), isAskedFor))
                .sorted(Comparator.comparingLong(PrefetchBlob::bytes).reversed()).toList();
    }

    /** Its size, as far as that is known. */
    long bytes() {
        return size.orElse(0);
    }

    /** Whether all of them together are no more than so many bytes. */
    static boolean fit(Collection<PrefetchBlob> blobs, long room) {
        long left = room;
        for (PrefetchBlob blob : blobs) {
            if (blob.bytes() > left) {
                return false;
            }
            left -= blob.bytes();
        }
        return true;
    }
}

package dev.freshet.testbed.image;

import dev.freshet.cache.name.Digest;
import java.util.List;

/**
 * An image, ready to be put into a registry.
 *
 * @param repository such as {@code library/busybox}
 * @param tag what the last manifest is tagged with
 * @param layers its layers, the lowest first
 * @param configs the configurations, one for each platform
 * @param manifests in an order in which a registry takes them; the last one is tagged
 */
public record Image(String repository, String tag, List<Blob> layers, List<Blob> configs, List<Manifest> manifests) {

    /** The same image elsewhere. */
    public Image in(String otherRepository) {
        return new Image(otherRepository, tag, layers, configs, manifests);
    }

    /** The manifest that the tag means. */
    public Manifest top() {
        return manifests.get(manifests.size() - 1);
    }

    /** {@code repository:tag}. */
    public String byTag() {
        return repository + ":" + tag;
    }

    /** {@code repository@digest} of what the tag means. */
    public String byDigest() {
        return repository + "@" + top().digest();
    }

    /** The digest of the layer with most bytes. */
    public Digest largest() {
        return layers.stream().max((a, b) -> Long.compare(a.content().length(), b.content().length())).orElseThrow()
                .digest();
    }
}

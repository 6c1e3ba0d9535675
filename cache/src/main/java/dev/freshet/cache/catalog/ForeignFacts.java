package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Facts about foreign layers, which a manifest lists with URLs outside of their repository. What a manifest lists grants
 * nothing by itself:
 * a blob that is here may be served for it only when one of the URLs has {@linkplain #delivered delivered} this blob.
 */
public interface ForeignFacts {

    /** States, all at once, what a manifest of this repository lists; that of other manifests stays. */
    void putForeign(Repository repository, Digest manifest, Map<Digest, ForeignLayer> layers) throws StoreException;

    /** What manifests of this repository list under this digest, one of each, in no order; not more than so many. */
    List<ForeignLayer> foreign(Repository repository, Digest blob, int most) throws StoreException;

    /** States that a URL has delivered exactly this blob, when it was asked for this registry without credentials. */
    void putDelivered(RegistryHost registry, Digest blob, Collection<String> urls) throws StoreException;

    /** Whether this URL has delivered this blob. */
    boolean delivered(RegistryHost registry, Digest blob, String url) throws StoreException;
}

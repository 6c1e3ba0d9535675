package dev.freshet.proxy.upstream.foreign;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A blob that comes from URLs which its manifest lists. Until one of them has delivered it, its fill may be
 * shared only by manifests that list the same URLs.
 */
public final class ForeignOrigin implements BlobOrigin {

    private final Repository repository;
    private final Digest digest;
    private final Scope scope;
    private final ForeignUrlOrder turns;
    private final Deliveries deliveries;
    private final SuspectUrls suspects;
    private final Opening opening;

    /** Who may share: the same URLs, asked for the same upstream's sake, and the same size. */
    private record Scope(RegistryHost upstream, long size, List<ForeignUrl> urls) {}

    /** Begins a download. */
    @FunctionalInterface
    public interface Opening {

        Transfer open(ByteRange wanted, ForeignUrlOrder turns) throws OriginException, InterruptedException;
    }

    /**
     * @param size bytes, as the manifest says
     * @param urls at least one
     * @param deliveries of this blob
     */
    public ForeignOrigin(Repository repository, Digest digest, long size, List<ForeignUrl> urls, Deliveries deliveries,
            SuspectUrls suspects, Opening opening) {
        this.repository = repository;
        this.digest = digest;
        this.scope = new Scope(repository.registry(), size, List.copyOf(urls));
        this.deliveries = deliveries;
        this.suspects = suspects;
        this.opening = opening;
        Function<ForeignUrl, Boolean> isSuspect = url -> suspects.has(digest, url);
        this.turns = new ForeignUrlOrder(urls.stream().sorted(Comparator.comparing(isSuspect)).toList());
    }

    @Override
    public Repository repository() {
        return repository;
    }

    @Override
    public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
        return opening.open(wanted, turns);
    }

    @Override
    public Optional<Object> sharingScope() {
        return deliveries.any(scope.urls()) ? Optional.empty() : Optional.of(scope);
    }

    @Override
    public void judged(boolean isRight) {
        if (isRight) {
            deliveries.add(turns.used());
        } else {
            suspects.add(digest, turns.used());
        }
    }

    @Override
    public String toString() {
        return repository + "@" + digest + " of " + scope.urls().getFirst()
                + (scope.urls().size() > 1 ? " and " + (scope.urls().size() - 1) + " more" : "");
    }
}

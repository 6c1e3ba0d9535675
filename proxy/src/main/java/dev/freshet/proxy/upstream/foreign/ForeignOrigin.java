package dev.freshet.proxy.upstream.foreign;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.foreign.ForeignRules.ForeignUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
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
    public Optional<Object> apart() {
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

    /**
     * URLs that have lately had a part in a blob whose digest was wrong: for ten minutes they are asked last, and none is
     * given up. At most 1,000 are remembered. Safe for use by several threads.
     */
    public static final class SuspectUrls {

        private static final Duration MEMORY = Duration.ofMinutes(10);
        private static final int MOST = 1_000;

        private final Cache<Suspect, Boolean> known;

        private record Suspect(Digest digest, ForeignUrl url) {}

        public SuspectUrls(Ticker ticker) {
            this.known = Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(MEMORY).ticker(ticker).build();
        }

        public void add(Digest digest, Collection<ForeignUrl> urls) {
            urls.forEach(url -> known.put(new Suspect(digest, url), true));
        }

        public boolean has(Digest digest, ForeignUrl url) {
            return known.getIfPresent(new Suspect(digest, url)) != null;
        }
    }

    /**
     * In which turn the URLs of one foreign layer are asked, by all its downloads: the one that has answered last, and after a
     * failure the one behind it. Safe for use by several threads.
     */
    public static final class ForeignUrlOrder {

        private final ReentrantLock lock = new ReentrantLock();
        private final List<ForeignUrl> urls;
        private final Set<ForeignUrl> used = new LinkedHashSet<>();
        private int first;

        /** @param urls at least one, the best first */
        ForeignUrlOrder(List<ForeignUrl> urls) {
            this.urls = List.copyOf(urls);
        }

        /** All of them, the one to ask first at the beginning. */
        List<ForeignUrl> now() {
            lock.lock();
            try {
                List<ForeignUrl> turn = new ArrayList<>(urls);
                Collections.rotate(turn, -first);
                return turn;
            } finally {
                lock.unlock();
            }
        }

        /** This one has answered: bytes may come from it. */
        void answered(ForeignUrl url) {
            lock.lock();
            try {
                used.add(url);
                first = urls.indexOf(url);
            } finally {
                lock.unlock();
            }
        }

        /** This one has failed after its answer; if others are not asked first already, the next is. */
        void failed(ForeignUrl url) {
            lock.lock();
            try {
                if (urls.get(first).equals(url)) {
                    first = (first + 1) % urls.size();
                }
            } finally {
                lock.unlock();
            }
        }

        /** Those that have answered. */
        List<ForeignUrl> used() {
            lock.lock();
            try {
                return List.copyOf(used);
            } finally {
                lock.unlock();
            }
        }
    }
}

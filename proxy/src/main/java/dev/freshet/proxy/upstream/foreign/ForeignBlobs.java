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
import dev.freshet.proxy.upstream.blob.Downloads;
import dev.freshet.proxy.upstream.call.RegistryCalls;
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
 * The blobs that manifests of one upstream list with URLs. URLs that have had a part in a blob whose digest was wrong are
 * asked last for {@link #SUSPICION}. Safe for use by several threads.
 */
public final class ForeignBlobs {

    private static final Duration SUSPICION = Duration.ofMinutes(10);
    private static final int MOST_SUSPECTS = 1_000;

    private final RegistryCalls calls;
    private final Downloads downloads;
    private final Cache<Suspect, Boolean> suspects;

    private record Suspect(Digest digest, ForeignUrl url) {}

    /** Who may share: the same URLs, asked for the same upstream's sake, and the same size. */
    private record Scope(RegistryHost upstream, long size, List<ForeignUrl> urls) {}

    /** Which URLs have delivered a certain blob, with the right digest. May be used by any thread, and must be quick. */
    public interface Deliveries {

        /** Whether any of these has. */
        boolean any(Collection<ForeignUrl> urls);

        /** Notes that these have. */
        void add(Collection<ForeignUrl> urls);
    }

    /** @param calls under rules that know no registry, so that nothing is shown credentials */
    public ForeignBlobs(RegistryCalls calls, Downloads downloads, Ticker ticker) {
        this.calls = calls;
        this.downloads = downloads;
        this.suspects = Caffeine.newBuilder().maximumSize(MOST_SUSPECTS).expireAfterWrite(SUSPICION).ticker(ticker)
                .build();
    }

    /**
     * Where such a blob comes from: the first of its URLs that has it.
     *
     * @param size bytes, as the manifest says
     * @param choice with at least one URL that may be asked
     * @param deliveries of this blob
     */
    public BlobOrigin origin(Repository repository, Digest digest, long size, ForeignRules rules,
            ForeignRules.Choice choice, Deliveries deliveries) {
        ForeignCalls.Wanted wanted = new ForeignCalls.Wanted("GET of blob " + repository + "@" + digest,
                repository.name(), size, rules, choice.refused());
        return new Origin(repository, digest, wanted, choice.allowed(), deliveries);
    }

    /**
     * The URLs of one blob as its origin. Until one of them has delivered it, its fill may be shared only by manifests that
     * list the same URLs.
     */
    private final class Origin implements BlobOrigin {

        private final Repository repository;
        private final Digest digest;
        private final ForeignCalls.Wanted wanted;
        private final Scope scope;
        private final UrlOrder turns;
        private final Deliveries deliveries;

        Origin(Repository repository, Digest digest, ForeignCalls.Wanted wanted, List<ForeignUrl> urls,
                Deliveries deliveries) {
            this.repository = repository;
            this.digest = digest;
            this.wanted = wanted;
            this.scope = new Scope(repository.registry(), wanted.size(), List.copyOf(urls));
            this.deliveries = deliveries;
            Function<ForeignUrl, Boolean> isSuspect = url -> suspects.getIfPresent(new Suspect(digest, url)) != null;
            this.turns = new UrlOrder(urls.stream().sorted(Comparator.comparing(isSuspect)).toList());
        }

        @Override
        public Repository repository() {
            return repository;
        }

        @Override
        public Transfer open(ByteRange part) throws OriginException, InterruptedException {
            return downloads.open(part, false, (call, nth) -> new ForeignCalls(calls, wanted, turns,
                    downloads.upstream(), downloads.events(), call, nth));
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
                turns.used().forEach(url -> suspects.put(new Suspect(digest, url), true));
            }
        }

        @Override
        public String toString() {
            return repository + "@" + digest + " of " + scope.urls().getFirst()
                    + (scope.urls().size() > 1 ? " and " + (scope.urls().size() - 1) + " more" : "");
        }
    }

    /**
     * In which turn the URLs of one blob are asked, by all its downloads: the one that has answered last, and after a failure
     * the one behind it. Safe for use by several threads.
     */
    static final class UrlOrder {

        private final ReentrantLock lock = new ReentrantLock();
        private final List<ForeignUrl> urls;
        private final Set<ForeignUrl> used = new LinkedHashSet<>();
        private int first;

        /** @param urls at least one, the best first */
        UrlOrder(List<ForeignUrl> urls) {
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

package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.serve.document.ManifestDocument;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The queue of images to prefetch, in the order in which they came, and the blobs of them that are being fetched now. Safe for
 * use by several threads.
 *
 * <p>Images are <em>expected</em> to be wanted when a client has begun to pull them, or <em>asked for</em> by name. An
 * expected one is forgotten when no client has come for any of it within a minute, and none reads any of it still; until then
 * it is not taken in again. There are at most 64 of them: one more, and the oldest goes. One that is asked for is wanted
 * for that alone; there are at most 64 of them, too, and no more are taken.
 */
final class PrefetchQueue {

    static final int MOST_IMAGES = 64;
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private final int mostRunning;
    private final LongSupplier ticker;
    private final Predicate<Digest> isBeingRead;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Image, Pull> pulls = new LinkedHashMap<>();
    private final Map<Digest, Pull> running = new HashMap<>();

    private record Image(Repository repository, Digest manifest) {}

    /**
     * @param mostRunning how many blobs may be fetched at once; when it is none, one may that is asked for
     * @param ticker nanoseconds since some fixed moment
     * @param isBeingRead whether a client reads a blob that is being fetched; must be quick
     */
    PrefetchQueue(int mostRunning, LongSupplier ticker, Predicate<Digest> isBeingRead) {
        this.mostRunning = mostRunning;
        this.ticker = ticker;
        this.isBeingRead = isBeingRead;
    }

    /** Takes in an image that is expected to be wanted, unless it is here already. */
    void expect(Repository repository, Digest manifest, List<PrefetchBlob> blobs) {
        locked(() -> {
            Pull pull = new Pull(repository, blobs, false, ticker.getAsLong());
            pulls.putIfAbsent(new Image(repository, manifest), pull);
            if (count(false) > MOST_IMAGES) {
                pulls.values()
                        .remove(pulls.values().stream().filter(old -> !old.isAskedFor()).findFirst().orElseThrow());
            }
            return pull;
        });
    }

    /** Takes in an image that is ordered, also when it was expected; false when there are too many. */
    boolean ask(Repository repository, Digest manifest, List<PrefetchBlob> blobs) {
        return locked(() -> {
            Image image = new Image(repository, manifest);
            boolean fits = pulls.containsKey(image) || count(true) < MOST_IMAGES;
            if (fits) {
                pulls.put(image, new Pull(repository, blobs, true, ticker.getAsLong()));
            }
            return fits;
        });
    }

    /** A client has come for a blob of this repository. */
    void wanted(Repository repository, Digest digest) {
        locked(() -> {
            long now = ticker.getAsLong();
            Stream.concat(pulls.values().stream(), running.values().stream())
                    .filter(pull -> pull.repository().equals(repository) && pull.holds(digest))
                    .forEach(pull -> pull.wantedAt(now));
            return now;
        });
    }

    /**
     * The next blob to fetch, which is running from then on; empty when there is none, or enough are running. What is asked
     * for is given also when it is running, so that it is known to be wanted.
     */
    Optional<PrefetchBlob> take() {
        return locked(() -> pulls.values().stream().map(this::take).flatMap(Optional::stream).findFirst());
    }

    private Optional<PrefetchBlob> take(Pull pull) {
        int most = pull.isAskedFor() ? Math.max(1, mostRunning) : mostRunning;
        while (pull.hasMore()) {
            boolean isRunning = running.containsKey(pull.next().digest());
            boolean isFree = isRunning ? pull.isAskedFor() : running.size() < most;
            if (!isFree && !isRunning) {
                return Optional.empty();
            }
            PrefetchBlob blob = pull.remove();
            if (isFree) {
                running.put(blob.digest(), pull);
                return Optional.of(blob);
            }
        }
        return Optional.empty();
    }

    /**
     * A blob is not being fetched any more; nothing happens when it was not.
     *
     * @return whether anything is left to take
     */
    boolean ended(Digest digest) {
        return locked(() -> {
            running.remove(digest);
            return pulls.values().stream().anyMatch(Pull::hasMore);
        });
    }

    /** The blobs that are being fetched, and for which no client has come. */
    List<Digest> unwanted() {
        return locked(() -> running.entrySet().stream()
                .filter(entry -> !isWanted(entry.getValue())
                        && pulls.values().stream().noneMatch(pull -> pull.holds(entry.getKey())))
                .map(Map.Entry::getKey).toList());
    }

    /** Forgets all that is not running. */
    void clear() {
        locked(() -> {
            pulls.clear();
            return true;
        });
    }

    private long count(boolean askedFor) {
        return pulls.values().stream().filter(pull -> pull.isAskedFor() == askedFor).count();
    }

    private boolean isWanted(Pull pull) {
        return pull.isWanted(ticker.getAsLong(), PATIENCE.toNanos(), isBeingRead);
    }

    /** Does it on what is not to be forgotten. */
    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            pulls.values().removeIf(pull -> pull.isAskedFor() ? !pull.hasMore() : !isWanted(pull));
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** An image in the queue, guarded by the lock of the queue. */
    private static final class Pull {

        private final Repository repository;
        private final boolean askedFor;
        private final Set<Digest> all;
        private final Queue<PrefetchBlob> left;
        private long wantedAt;

        /**
         * @param askedFor whether it was ordered by name
         * @param now nanoseconds
         */
        Pull(Repository repository, Collection<PrefetchBlob> blobs, boolean askedFor, long now) {
            this.repository = repository;
            this.askedFor = askedFor;
            this.all = blobs.stream().map(PrefetchBlob::digest).collect(Collectors.toUnmodifiableSet());
            this.left = new ArrayDeque<>(blobs);
            this.wantedAt = now;
        }

        Repository repository() {
            return repository;
        }

        boolean isAskedFor() {
            return askedFor;
        }

        /** Whether the blob is of this image. */
        boolean holds(Digest digest) {
            return all.contains(digest);
        }

        boolean hasMore() {
            return !left.isEmpty();
        }

        /** The next blob that is not fetched yet. */
        PrefetchBlob next() {
            return left.element();
        }

        /** Takes out the next one. */
        PrefetchBlob remove() {
            return left.remove();
        }

        /** A client has come for it. */
        void wantedAt(long now) {
            wantedAt = now;
        }

        /** Whether it was asked for, or a client has come for it not longer ago than this, or reads any of it still. */
        boolean isWanted(long now, long patienceNanos, Predicate<Digest> isBeingRead) {
            if (!askedFor && now - wantedAt > patienceNanos && all.stream().anyMatch(isBeingRead)) {
                wantedAt = now;
            }
            return askedFor || now - wantedAt <= patienceNanos;
        }
    }

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
}

package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.FillEvent;
import dev.freshet.cache.fill.Lookup;
import dev.freshet.cache.fill.OpenedContent;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.proxy.serve.document.ManifestDocument;
import dev.freshet.proxy.serve.prefetch.PrefetchQueue.PrefetchBlob;
import dev.freshet.proxy.serve.repository.PullListener;
import dev.freshet.proxy.serve.repository.Registries;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The fetching of images ahead of their clients: of the config and the missing layers, in the background, the largest first.
 * An image is expected when a client has got its manifest, as clients ask for a few layers at a time and then find the others
 * stored or on their way; or it is ordered by name.
 *
 * <p>It asks for nothing but what the manifest grants, of the repository that it was served for. An index starts nothing,
 * only the manifest that a client then chooses from it does. Two blobs are fetched at once, and never more than a quarter
 * of what may be, but for one that was asked for; none while clients use up all of that. It reads nothing of what it
 * fetches, so a fill that the store does not take ends by itself.
 *
 * <p>What was not asked for by name is a guess. That it looks for such content is no use of it that it would stay for; an
 * image that is larger than a quarter of the store is left to its client; and what no client comes for within a minute is
 * not fetched any further.
 */
public final class Prefetcher implements PullListener, Consumer<Event>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Prefetcher.class);
    private static final int AT_ONCE = 2;
    private static final int SHARE = 4;
    /** Clients refuse images of more than 127 layers. */
    private static final int MOST_BLOBS = 128;

    private final Registries registries;
    private final ContentCache cache;
    private final Supplier<StoreSpace> space;
    private final int maxFills;
    private final Executor executor;
    private final PrefetchQueue queue;
    private volatile boolean closed;

    /**
     * @param space of the cache's store
     * @param maxFills how many blobs may be fetched at once, for clients too
     * @param executor looks for content, and begins to fetch it
     * @param ticker nanoseconds since some fixed moment
     */
    public Prefetcher(Registries registries, ContentCache cache, Supplier<StoreSpace> space, int maxFills,
            Executor executor, LongSupplier ticker) {
        this.registries = registries;
        this.cache = cache;
        this.space = space;
        this.maxFills = maxFills;
        this.executor = executor;
        this.queue = new PrefetchQueue(Math.min(AT_ONCE, maxFills / SHARE), ticker, cache::isBeingRead);
    }

    @Override
    public void servedInPart(Repository repository, Digest manifest, byte[] body) {
        later(() -> ManifestDocument.parse(body).filter(parsed -> !parsed.isIndex()).ifPresent(image -> {
            List<PrefetchBlob> blobs = PrefetchBlob.of(repository, image, false);
            if (blobs.size() <= MOST_BLOBS && PrefetchBlob.fit(blobs, space.get().limit() / SHARE)) {
                queue.expect(repository, manifest, blobs);
                proceed();
            }
        }));
    }

    /**
     * Takes in an image that is asked for.
     *
     * @return whether it did; if not, there are too many already
     */
    boolean ask(Repository repository, Digest manifest, List<PrefetchBlob> blobs) {
        boolean taken = queue.ask(repository, manifest, blobs);
        later(this::proceed);
        return taken;
    }

    /** Ends what no client has come for; to be called every few seconds. */
    public void tidy() {
        later(() -> {
            queue.unwanted().forEach(cache::abandon);
            proceed();
        });
    }

    @Override
    public void wanted(Repository repository, Digest digest) {
        queue.wanted(repository, digest);
    }

    /** Continues when a fill has ended, of a client or of the prefetch. */
    @Override
    public void accept(Event event) {
        if (event instanceof FillEvent.Ended ended && queue.ended(ended.digest())) {
            later(this::proceed);
        }
    }

    /** Begins nothing any more; what is being fetched goes on. */
    @Override
    public void close() {
        closed = true;
        queue.clear();
    }

    private void proceed() {
        while (!closed && cache.fills() < maxFills) {
            Optional<PrefetchBlob> next = queue.take();
            if (next.isEmpty()) {
                return;
            }
            fetch(next.get());
        }
    }

    private void fetch(PrefetchBlob blob) {
        boolean begun = false;
        try {
            begun = begin(blob);
        } finally {
            if (!begun) {
                queue.ended(blob.digest());
            }
        }
    }

    /** Says whether it is being fetched now. To join what is on its way keeps it from being abandoned. */
    private boolean begin(PrefetchBlob blob) {
        Repository repository = blob.repository();
        Digest digest = blob.digest();
        if (!space.get().writable()) {
            left(blob, "the store takes nothing");
            return false;
        }
        if (!blob.isAskedFor() && cache.has(digest)) {
            return false;
        }
        Lookup lookup = cache.open(digest, blob.size(),
                registries.registry(repository.registry()).blob(repository, digest));
        return switch (lookup) {
            case Lookup.Started(OpenedContent content) -> {
                content.close();
                LOG.debug("prefetch of {} from {} begun", digest, repository);
                yield true;
            }
            case Lookup.Joined(OpenedContent content, Repository leader) -> {
                content.close();
                yield blob.isAskedFor();
            }
            case Lookup.Stored(OpenedContent content) -> {
                content.close();
                yield false;
            }
            case Lookup.Rejected() -> {
                left(blob, "too many fills are running and waiting");
                yield false;
            }
        };
    }

    private static void left(PrefetchBlob blob, String why) {
        Level level = blob.isAskedFor() ? Level.WARN : Level.DEBUG;
        LOG.atLevel(level).log("prefetch of {} from {} not begun: {}", blob.digest(), blob.repository(), why);
    }

    private void later(Runnable task) {
        if (closed) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("prefetch failed by a defect", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("nothing is prefetched any more: {}", e.toString());
        }
    }
}

package dev.freshet.proxy.serve;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The registry as the origin of a blob. It builds the upstream request when a fill opens it, so that a hit builds none. All
 * transfers share one upstream origin. Safe for use by several threads.
 */
final class RegistryOrigin implements BlobOrigin {

    private final Repository repository;
    private final Digest digest;
    private final Supplier<BlobOrigin> upstream;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable BlobOrigin opened;

    RegistryOrigin(Repository repository, Digest digest, Supplier<BlobOrigin> upstream) {
        this.repository = repository;
        this.digest = digest;
        this.upstream = upstream;
    }

    @Override
    public Repository repository() {
        return repository;
    }

    @Override
    public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
        return upstream().open(wanted);
    }

    private BlobOrigin upstream() {
        lock.lock();
        try {
            BlobOrigin known = opened == null ? upstream.get() : opened;
            opened = known;
            return known;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return repository + "@" + digest;
    }
}

package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.cache.store.StoreUsage;
import dev.freshet.cache.store.StoredBlob;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A store in which one blob is listed and cannot be opened.
 *
 * @param store what it is otherwise
 */
record ListedOnly(BlobStore store, Digest digest, Fault fault) implements BlobStore {

    /** What becomes of an attempt to open the blob. */
    enum Fault {

        /** There is none. */
        ABSENT,
        /** It fails; and the blob can be removed. */
        FAILING,
        /** It fails, and so does the removal. */
        FAILING_AND_STAYING,
        /** It runs into a defect. */
        BROKEN
    }

    @Override
    public Optional<StoredBlob> open(Digest wanted) throws StoreException {
        return wanted.equals(digest) ? inspect(wanted) : store.open(wanted);
    }

    @Override
    public Optional<StoredBlob> inspect(Digest wanted) throws StoreException {
        if (!wanted.equals(digest)) {
            return store.inspect(wanted);
        }
        return switch (fault) {
            case ABSENT -> Optional.empty();
            case FAILING, FAILING_AND_STAYING -> throw new StoreException("open failed");
            case BROKEN -> throw new IllegalStateException("a defect");
        };
    }

    @Override
    public void remove(Digest wanted) throws StoreException {
        if (fault == Fault.FAILING_AND_STAYING && wanted.equals(digest)) {
            throw new StoreException("removal failed");
        }
        store.remove(wanted);
    }

    @Override
    public long unfinished(Digest wanted) throws StoreException {
        return store.unfinished(wanted);
    }

    @Override
    public BlobWriter begin(Digest wanted, OptionalLong expectedLength) throws StoreException {
        return store.begin(wanted, expectedLength);
    }

    @Override
    public BlobWriter beginSparse(Digest wanted, OptionalLong length) throws StoreException {
        return store.beginSparse(wanted, length);
    }

    @Override
    public Set<Digest> touch(Set<Digest> digests) throws StoreException {
        return store.touch(digests);
    }

    @Override
    public void forEach(Consumer<Digest> visitor) throws StoreException {
        store.forEach(visitor);
    }

    @Override
    public StoreUsage usage() throws StoreException {
        return store.usage();
    }

    @Override
    public StoreSpace space() {
        return store.space();
    }

    @Override
    public void close() {
        store.close();
    }
}

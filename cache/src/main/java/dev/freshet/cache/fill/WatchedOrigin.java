package dev.freshet.cache.fill;

import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import java.util.Optional;

/** An origin that remembers whether it was asked for all of the blob, for the rest of it, or for nothing. */
final class WatchedOrigin implements BlobOrigin {

    private final BlobOrigin origin;
    private volatile Source source = Source.ORIGIN;
    private volatile boolean asked;

    WatchedOrigin(BlobOrigin origin) {
        this.origin = origin;
    }

    /** Where the fill's bytes come from, as far as is known by now. */
    Source source() {
        return source;
    }

    @Override
    public Repository repository() {
        return origin.repository();
    }

    /** What is left of an earlier fill is all that is needed. */
    void isNotNeeded() {
        source = Source.STORE;
    }

    @Override
    public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
        if (wanted.from() == 0 || !asked) {
            source = wanted.from() == 0 ? Source.ORIGIN : Source.STORE_AND_ORIGIN;
        }
        asked = true;
        return origin.open(wanted);
    }

    @Override
    public Optional<Object> apart() {
        return origin.apart();
    }

    @Override
    public void judged(boolean isRight) {
        origin.judged(isRight);
    }

    @Override
    public String toString() {
        return origin.toString();
    }
}

package dev.freshet.cache.fill;

import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/** What a fill is wanted for, parts or the whole, and whether anybody may still come to want something. */
final class Demand {

    private final ReentrantLock lock;
    private final Readers readers;
    private volatile boolean ofWhole;
    private boolean open = true;

    /** @param lock guards the readers, and whether any may come */
    Demand(ReentrantLock lock, Readers readers) {
        this.lock = lock;
        this.readers = readers;
    }

    /** Whether everything is wanted. */
    boolean isOfWhole() {
        return ofWhole;
    }

    /** From now on everything is wanted, whether by a reader or because so much of it is here; it stays so. */
    void becomeWhole() {
        ofWhole = true;
    }

    /** Whether a reader may still come. Guarded. */
    boolean isOpen() {
        return open;
    }

    /** No reader may come any more; says whether one still could. Guarded. */
    boolean close() {
        boolean was = open;
        open = false;
        return was;
    }

    /**
     * Closes the fill for readers that would come; says where the first byte is that anybody wants. When the whole is
     * wanted, it stays open and says nothing, as whoever wants that is only served when all is brought and hashed.
     */
    OptionalLong closeAtSlowest() {
        lock.lock();
        try {
            open = open && ofWhole;
            return ofWhole ? OptionalLong.empty() : OptionalLong.of(readers.slowest());
        } finally {
            lock.unlock();
        }
    }
}

package dev.freshet.proxy.admin;

import dev.freshet.cache.store.StoreSpace;

/** Whether clients should be sent here, and if so, what does not work as it should. */
public sealed interface Readiness {

    /** All is well. */
    record Ready() implements Readiness {}

    /**
     * It serves what it has and passes the rest through, which is better than nobody doing so.
     *
     * @param what does not work, and why
     */
    record Degraded(String what) implements Readiness {}

    /** It is about to end. */
    record Stopping() implements Readiness {}

    /**
     * What follows from the state of things.
     *
     * @param whyUnwritable matters only while the store is not writable
     */
    static Readiness of(boolean stopping, StoreSpace store, String whyUnwritable) {
        if (stopping) {
            return new Stopping();
        }
        return store.writable() ? new Ready() : new Degraded("store: not writable: " + whyUnwritable);
    }
}

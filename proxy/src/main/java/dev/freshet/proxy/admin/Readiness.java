package dev.freshet.proxy.admin;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.StoreSpace;
import java.util.ArrayList;
import java.util.List;

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
     * @param refusing upstreams that refuse Freshet's credentials
     */
    static Readiness of(boolean stopping, StoreSpace store, String whyUnwritable, List<RegistryHost> refusing) {
        if (stopping) {
            return new Stopping();
        }
        List<String> what = new ArrayList<>();
        if (!store.writable()) {
            what.add("store: not writable: " + whyUnwritable);
        }
        refusing.forEach(upstream -> what.add("upstream " + upstream + ": credentials refused"));
        return what.isEmpty() ? new Ready() : new Degraded(String.join("; ", what));
    }
}

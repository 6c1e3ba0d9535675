package dev.freshet.proxy.admin;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.StoreSpace;
import java.util.ArrayList;
import java.util.List;

/** The readiness of the proxy: whether clients should come here, and what is degraded. */
public sealed interface Readiness {

    /** The proxy works. */
    record Ready() implements Readiness {}

    /**
     * The proxy serves the cache and streams the rest, which is better than no proxy.
     *
     * @param what the parts that do not work, and why
     */
    record Degraded(String what) implements Readiness {}

    /** The proxy is stopping. */
    record Stopping() implements Readiness {}

    /**
     * The readiness that follows from the state of the parts.
     *
     * @param whyUnwritable used only while the store is not writable
     * @param refusing upstreams that reject Freshet's credentials
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

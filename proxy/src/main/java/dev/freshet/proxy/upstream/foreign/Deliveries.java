package dev.freshet.proxy.upstream.foreign;

import dev.freshet.proxy.upstream.foreign.ForeignRules.ForeignUrl;
import java.util.Collection;

/** Which URLs have delivered a certain blob, with the right digest. May be used by any thread, and must be quick. */
public interface Deliveries {

    /** Whether any of these has. */
    boolean any(Collection<ForeignUrl> urls);

    /** Notes that these have. */
    void add(Collection<ForeignUrl> urls);
}

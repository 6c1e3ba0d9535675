package dev.freshet.cache.evict;

import dev.freshet.cache.evict.EvictionOrder.Ranked;
import java.util.List;

/** The order of what there is, as a list. */
final class Orders {

    private Orders() {}

    static List<Ranked> of(EvictionPolicy policy) {
        try (EvictionOrder order = policy.order()) {
            return order.next(Integer.MAX_VALUE);
        }
    }
}

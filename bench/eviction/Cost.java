package eviction;

import dev.freshet.cache.evict.EvictionOrder;
import dev.freshet.cache.evict.EvictionOrder.Ranked;
import dev.freshet.cache.evict.EvictionPolicy;
import dev.freshet.cache.evict.SegmentedLru;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What a million fills cost. */
final class Cost {

    private Cost() {}

    /** Prints it. */
    static void print() {
        int fills = 1_000_000;
        long before = heap();
        EvictionPolicy policy = new SegmentedLru(fills * Part.MIB);
        long began = System.nanoTime();
        for (long fill = 0; fill < fills; fill++) {
            policy.add(fill, Part.MIB);
        }
        double added = (System.nanoTime() - began) / (double) fills;
        SplittableRandom random = new SplittableRandom(1);
        began = System.nanoTime();
        for (int i = 0; i < 3 * fills; i++) {
            policy.touch(random.nextLong(fills));
        }
        double touched = (System.nanoTime() - began) / (3.0 * fills);
        double bytes = (heap() - before) / (double) fills;
        began = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            policy.coldest(fill -> false);
        }
        double asked = (System.nanoTime() - began) / 1e4;
        began = System.nanoTime();
        List<Ranked> order = order(policy);
        double saved = (System.nanoTime() - began) / 1e6;
        began = System.nanoTime();
        EvictionPolicy restored = new SegmentedLru(fills * Part.MIB);
        restored.restore(order);
        double back = (System.nanoTime() - began) / 1e6;
        System.out.printf(Locale.ROOT, "%nA million fills: %.0f bytes of heap each; to add one %.0f ns, to touch one %.0f ns, "
                + "to ask for the coldest %.0f ns, to save the order %.0f ms, to restore it %.0f ms%n", bytes, added,
                touched, asked, saved, back);
        if (!order(restored).equals(order)) {
            throw new IllegalStateException("the order restored is not the one saved");
        }
    }

    private static List<Ranked> order(EvictionPolicy policy) {
        try (EvictionOrder order = policy.order()) {
            return order.next(Integer.MAX_VALUE);
        }
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}

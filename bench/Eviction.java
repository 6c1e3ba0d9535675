import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.freshet.cache.evict.Ranked;
import dev.freshet.cache.evict.Retention;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * Replays pulls of images against ways to choose what stays, and prints what was found in the cache. eviction.py runs
 * it, and says what is replayed.
 */
final class Eviction {

    private static final int[] PERCENT = {5, 10, 25, 50};
    private static final long MIB = 1L << 20;

    /** A manifest, config or layer. */
    private record Part(int id, long bytes) {}

    private record Pull(List<Part> parts, boolean scan) {}

    /**
     * What is replayed.
     *
     * @param rebuilt of a hundred pulls, how many are the first of a new build
     * @param scanned images in the catalogue that the scanner reads
     * @param pieces requests in which the scanner reads each part
     */
    private record Workload(String name, int rebuilt, int scanned, int pieces) {}

    /** A cache of so many bytes. */
    private interface Policy {

        /** The part belongs to something that was asked for. */
        void touch(Part part);

        /** Whether the part is there; from now on it is. */
        boolean get(Part part);
    }

    public static void main(String... args) {
        long seed = Long.parseLong(args[0]);
        int rounds = Integer.parseInt(args[1]);
        int pulls = Integer.parseInt(args[2]);
        int images = Integer.parseInt(args[3]);
        int scanned = Integer.parseInt(args[4]);
        System.out.printf("seeds %d to %d%n", seed, seed + rounds - 1);
        for (Workload workload : List.of(new Workload("Without a scanner", 2, 0, 1),
                new Workload("With a scanner", 2, scanned, 1),
                new Workload("With a scanner that reads everything in four pieces", 2, scanned, 4),
                new Workload("Builds: three pulls of ten are of a new one", 30, 0, 1),
                new Workload("Builds, with a scanner", 30, scanned, 1))) {
            replay(workload, seed, rounds, pulls, images);
        }
        cost();
    }

    private static void replay(Workload workload, long seed, int rounds, int pulls, int images) {
        Map<String, LongFunction<Policy>> policies = new LinkedHashMap<>();
        policies.put("FIFO", capacity -> new Listed(capacity, false));
        policies.put("LRU", capacity -> new Listed(capacity, true));
        policies.put("W-TinyLFU (Caffeine by itself)", Tiny::new);
        policies.put("W-TinyLFU, its coldest evicted first", AskedTiny::new);
        policies.put("Freshet's order", Ordered::new);
        policies.put("Freshet: an order each for small and large", Split::new);
        Map<String, double[][]> hits = new LinkedHashMap<>();
        String about = "";
        for (int round = 0; round < rounds; round++) {
            Catalogue catalogue = new Catalogue(seed + round);
            List<Pull> trace = catalogue.trace(workload, pulls, images);
            Set<Part> wanted = new HashSet<>();
            Set<Part> scanned = new HashSet<>();
            trace.forEach(pull -> (pull.scan() ? scanned : wanted).addAll(pull.parts()));
            long bytes = wanted.stream().mapToLong(Part::bytes).sum();
            about = String.format(Locale.ROOT, "%d pulls; in the last round of %d parts, %d GiB, and by the scanner %d, "
                    + "%d GiB", pulls, wanted.size(), bytes >> 30, scanned.size(),
                    scanned.stream().mapToLong(Part::bytes).sum() >> 30);
            policies.forEach((name, policy) -> {
                double[][] sums = hits.computeIfAbsent(name, unused -> new double[PERCENT.length][3]);
                for (int size = 0; size < PERCENT.length; size++) {
                    double[] found = run(policy.apply(bytes * PERCENT[size] / 100), trace, workload.pieces());
                    for (int i = 0; i < found.length; i++) {
                        sums[size][i] += found[i] / rounds;
                    }
                }
            });
        }
        System.out.printf("%n%s: %s%n%n| |", workload.name(), about);
        Arrays.stream(PERCENT).forEach(percent -> System.out.printf(" %d %% |", percent));
        System.out.printf("%n|---|---|---|---|---|%n");
        hits.forEach((name, sums) -> {
            System.out.printf("| %s |", name);
            for (double[] sum : sums) {
                System.out.printf(Locale.ROOT, " %.0f / %.0f / %.0f |", sum[0], sum[1], sum[2]);
            }
            System.out.println();
        });
    }

    /** Percent of requests and of bytes found, and of pulls that needed nothing else; without the scanner's. */
    private static double[] run(Policy policy, List<Pull> trace, int pieces) {
        long[] asked = new long[3];
        long[] found = new long[3];
        for (Pull pull : trace) {
            pull.parts().forEach(policy::touch);
            boolean whole = true;
            for (Part part : pull.parts()) {
                boolean hit = policy.get(part);
                for (int piece = 1; pull.scan() && piece < pieces; piece++) {
                    policy.get(part);
                }
                whole &= hit;
                count(asked, found, 0, pull.scan() ? 0 : 1, hit);
                count(asked, found, 1, pull.scan() ? 0 : part.bytes(), hit);
            }
            count(asked, found, 2, pull.scan() ? 0 : 1, whole);
        }
        double[] percent = new double[asked.length];
        Arrays.setAll(percent, i -> 100.0 * found[i] / asked[i]);
        return percent;
    }

    private static void count(long[] asked, long[] found, int what, long amount, boolean hit) {
        asked[what] += amount;
        found[what] += hit ? amount : 0;
    }

    /** Images on shared bases. */
    private static final class Catalogue {

        private static final int BASES = 60;
        private static final double SKEW = 0.9;

        private final SplittableRandom random;
        private final List<List<Part>> bases = new ArrayList<>();
        private final double[] baseRanks = zipf(BASES, 1);
        private int parts;

        Catalogue(long seed) {
            this.random = new SplittableRandom(seed);
            for (int i = 0; i < BASES; i++) {
                List<Part> base = new ArrayList<>(List.of(layer(28, 0.8)));
                for (int more = random.nextInt(4); more > 0; more--) {
                    base.add(layer(4, 2.15));
                }
                bases.add(base);
            }
        }

        /** Pulls, and in every other tenth of them six images of the scanner's for ten pulls until it has read all. */
        List<Pull> trace(Workload workload, int pulls, int images) {
            List<List<Part>> hot = new ArrayList<>();
            for (int i = 0; i < images; i++) {
                hot.add(image());
            }
            double[] ranks = zipf(images, SKEW);
            List<Pull> trace = new ArrayList<>();
            int scanned = 0;
            for (int i = 0; i < pulls; i++) {
                int rank = pick(ranks);
                if (random.nextInt(100) < workload.rebuilt()) {
                    rebuild(hot.get(rank));
                }
                trace.add(new Pull(List.copyOf(hot.get(rank)), false));
                boolean scans = i / Math.max(1, pulls / 10) % 2 == 1 && random.nextInt(10) < 6;
                if (scans && scanned < workload.scanned()) {
                    scanned++;
                    trace.add(new Pull(image(), true));
                }
            }
            return trace;
        }

        private List<Part> image() {
            List<Part> image = new ArrayList<>(List.of(manifest(), config()));
            image.addAll(bases.get(pick(baseRanks)));
            for (int own = 1 + random.nextInt(8); own > 0; own--) {
                image.add(layer(4, 2.15));
            }
            return image;
        }

        /** A new build: another manifest and config, and up to three other layers on top. */
        private void rebuild(List<Part> image) {
            image.set(0, manifest());
            image.set(1, config());
            int changed = Math.min(1 + random.nextInt(3), image.size() - 3);
            for (int i = 1; i <= changed; i++) {
                image.set(image.size() - i, layer(4, 2.15));
            }
        }

        private Part manifest() {
            return new Part(parts++, 2000 + random.nextInt(8000));
        }

        private Part config() {
            return new Part(parts++, 4000 + random.nextInt(16_000));
        }

        /** Log-normal sizes, at most 2 GiB. With 4 MiB and 2.15, one layer of ten has more than 63 MiB. */
        private Part layer(double medianMib, double sigma) {
            double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
            double normal = radius * Math.cos(2 * Math.PI * random.nextDouble());
            return new Part(parts++, (long) Math.clamp(medianMib * MIB * Math.exp(sigma * normal), 200, 2048 * MIB));
        }

        private int pick(double[] ranks) {
            int at = Arrays.binarySearch(ranks, random.nextDouble() * ranks[ranks.length - 1]);
            return at < 0 ? -at - 1 : at;
        }

        private static double[] zipf(int count, double skew) {
            double[] ranks = new double[count];
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += 1 / Math.pow(i + 1, skew);
                ranks[i] = sum;
            }
            return ranks;
        }
    }

    /** LRU, or FIFO. */
    private static final class Listed implements Policy {

        private final long capacity;
        private final LinkedHashMap<Part, Boolean> stored;
        private long used;

        Listed(long capacity, boolean byUse) {
            this.capacity = capacity;
            this.stored = new LinkedHashMap<>(16, 0.75f, byUse);
        }

        @Override
        public void touch(Part part) {
            stored.get(part);
        }

        @Override
        public boolean get(Part part) {
            if (stored.get(part) != null || part.bytes() > capacity) {
                return stored.containsKey(part);
            }
            Iterator<Part> coldest = stored.keySet().iterator();
            while (used + part.bytes() > capacity) {
                used -= coldest.next().bytes();
                coldest.remove();
            }
            stored.put(part, true);
            used += part.bytes();
            return false;
        }
    }

    /** Caffeine, which evicts after it has taken in, and knows what it had before. */
    private static class Tiny implements Policy {

        final Cache<Part, Part> cache;

        Tiny(long capacity) {
            cache = Caffeine.newBuilder().maximumWeight(capacity >> 10).initialCapacity(1 << 14)
                    .weigher((Part part, Part same) -> (int) (part.bytes() + 1023 >> 10)).executor(Runnable::run).build();
        }

        @Override
        public void touch(Part part) {
            cache.getIfPresent(part);
        }

        @Override
        public boolean get(Part part) {
            boolean hit = cache.getIfPresent(part) != null;
            if (!hit) {
                cache.put(part, part);
            }
            return hit;
        }
    }

    /** Caffeine, which is asked for its coldest entries, so that room is made before it is used. */
    private static final class AskedTiny extends Tiny {

        private final long capacity;
        private long used;

        AskedTiny(long capacity) {
            super(capacity + capacity / 100);
            this.capacity = capacity;
        }

        @Override
        public boolean get(Part part) {
            if (part.bytes() > capacity) {
                return false;
            }
            boolean hit = cache.getIfPresent(part) != null;
            while (!hit && used + part.bytes() > capacity) {
                Part coldest = cache.policy().eviction().orElseThrow().coldest(1).keySet().iterator().next();
                cache.invalidate(coldest);
                used -= coldest.bytes();
            }
            if (!hit) {
                cache.put(part, part);
                used += part.bytes();
            }
            return hit;
        }
    }

    /** Freshet's order, used as the store does: room is made before it is used; each fill has a number of its own. */
    private static final class Ordered implements Policy {

        final Retention retention;
        private final Map<Part, Long> fills = new HashMap<>();
        private final Map<Long, Part> parts = new HashMap<>();
        private long capacity;
        private long next;

        Ordered(long capacity) {
            this.retention = new Retention(capacity);
            this.capacity = capacity;
        }

        void resize(long newCapacity) {
            capacity = newCapacity;
            retention.resize(newCapacity);
        }

        @Override
        public void touch(Part part) {
            Long fill = fills.get(part);
            if (fill != null) {
                retention.touch(fill);
            }
        }

        @Override
        public boolean get(Part part) {
            touch(part);
            if (fills.containsKey(part) || part.bytes() > capacity) {
                return fills.containsKey(part);
            }
            makeRoom(part.bytes());
            fills.put(part, next);
            parts.put(next, part);
            retention.add(next++, part.bytes());
            return false;
        }

        void makeRoom(long bytes) {
            retention.coldest(fill -> {
                if (retention.bytes() + bytes <= capacity) {
                    return false;
                }
                retention.forget(fill);
                fills.remove(parts.remove(fill));
                return true;
            });
        }
    }

    /** What is small has an order of its own, and an eighth of the space at most. */
    private static final class Split implements Policy {

        private final Ordered small;
        private final Ordered large;
        private final long capacity;

        Split(long capacity) {
            this.small = new Ordered(capacity / 8);
            this.large = new Ordered(capacity);
            this.capacity = capacity;
        }

        @Override
        public void touch(Part part) {
            of(part).touch(part);
        }

        @Override
        public boolean get(Part part) {
            boolean hit = of(part).get(part);
            if (!hit && of(part) == small) {
                large.resize(capacity - small.retention.bytes());
                large.makeRoom(0);
            }
            return hit;
        }

        private Ordered of(Part part) {
            return part.bytes() < MIB ? small : large;
        }
    }

    /** What a million fills cost. */
    private static void cost() {
        int fills = 1_000_000;
        long before = heap();
        Retention retention = new Retention(fills * MIB);
        long began = System.nanoTime();
        for (long fill = 0; fill < fills; fill++) {
            retention.add(fill, MIB);
        }
        double added = (System.nanoTime() - began) / (double) fills;
        SplittableRandom random = new SplittableRandom(1);
        began = System.nanoTime();
        for (int i = 0; i < 3 * fills; i++) {
            retention.touch(random.nextLong(fills));
        }
        double touched = (System.nanoTime() - began) / (3.0 * fills);
        double bytes = (heap() - before) / (double) fills;
        began = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            retention.coldest(fill -> false);
        }
        double asked = (System.nanoTime() - began) / 1e4;
        began = System.nanoTime();
        List<Ranked> order = retention.order();
        double saved = (System.nanoTime() - began) / 1e6;
        began = System.nanoTime();
        Retention restored = new Retention(fills * MIB);
        restored.restore(order);
        double back = (System.nanoTime() - began) / 1e6;
        System.out.printf(Locale.ROOT, "%nA million fills: %.0f bytes of heap each; to add one %.0f ns, to touch one %.0f ns, "
                + "to ask for the coldest %.0f ns, to save the order %.0f ms, to restore it %.0f ms%n", bytes, added,
                touched, asked, saved, back);
        if (!restored.order().equals(order)) {
            throw new IllegalStateException("the order restored is not the one saved");
        }
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}

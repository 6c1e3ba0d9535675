package eviction;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Replays pulls of images against ways to choose what stays, and prints what was found in the cache. eviction.py runs
 * it, and says what is replayed.
 */
final class Eviction {

    private static final int[] PERCENT = {5, 10, 25, 50};

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
        Cost.print();
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
}

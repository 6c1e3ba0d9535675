package eviction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Images on shared bases. */
final class Catalogue {

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
        return new Part(parts++, (long) Math.clamp(medianMib * Part.MIB * Math.exp(sigma * normal), 200, 2048 * Part.MIB));
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

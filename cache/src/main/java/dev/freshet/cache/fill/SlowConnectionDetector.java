package dev.freshet.cache.fill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds connections over which bytes come far slower than over the others of their fill, and will for long. What counts
 * is the time that is spent waiting for them, not that in which the disk or a core is waited for. They are compared with
 * those that run beside them, so that none is dropped when all have become slow; where nothing else runs, as everybody waits
 * for this one, with how fast the last stretches came. What is on its way over a connection is lost with it, so each one that
 * is dropped makes the next have twice the time: where the network is unfair by itself, new connections are no better.
 * Guarded by its board's lock.
 */
final class SlowConnectionDetector {

    private static final int REMEMBERED = 8;

    /** What is on the way over a connection is lost with it, so one that will be done sooner than this is kept. */
    private static final int WORTH_SECONDS = 3;

    /** A connection that has only begun says nothing about the others. */
    private static final Duration BEGUN = Duration.ofMillis(100);

    private final List<Double> rates = new ArrayList<>();
    private long ageNanos = Fetching.STRAGGLER_AGE.toNanos();

    /** A stretch has come at so many bytes per second. */
    void remember(double rate) {
        rates.add(rate);
        if (rates.size() > REMEMBERED) {
            rates.removeFirst();
        }
    }

    /**
     * Drops those that are too slow.
     *
     * @param running what is being brought
     */
    void drop(List<RangeTask> running, long nowNanos) {
        for (RangeTask each : running) {
            double rate = each.rate(nowNanos);
            boolean isLong = each.waited(nowNanos) >= ageNanos
                    && each.left() > rate * WORTH_SECONDS;
            if (isLong && !each.isDropped() && rate * Fetching.STRAGGLER < usual(each, running, nowNanos)) {
                each.drop();
                ageNanos *= 2;
                remember(rate);
            }
        }
    }

    private double usual(RangeTask but, List<RangeTask> running, long nowNanos) {
        List<Double> beside = running.stream()
                .filter(each -> !each.equals(but) && !each.isDropped() && each.waited(nowNanos) >= BEGUN.toNanos())
                .map(each -> each.rate(nowNanos)).sorted().toList();
        List<Double> all = beside.isEmpty() ? rates.stream().sorted().toList() : beside;
        return all.isEmpty() ? 0 : all.get(all.size() / 2);
    }
}

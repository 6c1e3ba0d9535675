package dev.freshet.cache.fill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A detector of connections over which bytes come far slower than over the others of their fill, and will for long. Only the
 * time that is spent waiting for the origin counts, not that in which the disk or a core is waited for. A connection is compared
 * with those that run beside it, so that none is dropped when all have become slow; where nothing else runs, as all wait for
 * this one, with how fast the last tasks came. Bytes on their way over a connection are lost with it, so each connection that is
 * dropped gives the next one twice the time: where the network is unfair by itself, new connections are no better. Not
 * thread-safe: {@link FillMonitor} has the lock.
 */
final class SlowConnectionDetector {

    private static final int REMEMBERED = 8;

    /** What is on the way over a connection is lost with it, so one that will be done sooner than this is kept. */
    private static final int WORTH_SECONDS = 3;

    /** A connection that has only begun says nothing about the others. */
    private static final Duration BEGUN = Duration.ofMillis(100);

    private final List<Double> rates = new ArrayList<>();
    private long ageNanos = Fetching.SLOW_AGE.toNanos();

    /** A task has come at so many bytes per second. */
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
            if (isLong && !each.isDropped() && rate * Fetching.SLOWER < usual(each, running, nowNanos)) {
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

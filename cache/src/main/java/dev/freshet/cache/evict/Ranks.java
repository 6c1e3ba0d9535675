package dev.freshet.cache.evict;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * The order in which fills go: the lowest rank first, and in each the coldest first. What is new begins at the warm end of
 * the lowest of four ranks, and a use lifts a fill to the warm end of the next.
 *
 * <p>At most three quarters of the capacity stand above the lowest rank, at most half above the second, and a quarter in
 * the highest. What is too much sinks to the warm end of the rank below, which leaves the order as it was.
 *
 * <p>Uses that follow each other closely are one: a pull may ask several times for what it needs, or for its pieces. A fill
 * is lifted again only when a sixty-fourth of the capacity has been added or lifted since; until then a use takes it to the
 * warm end of its own rank.
 *
 * <p>One thread at a time.
 */
final class Ranks {

    static final int COUNT = 4;

    private static final int PAUSES = 64;

    private final List<Rank> ranks = new ArrayList<>();

    private long quarter;
    private long pause;

    /** Bytes added and lifted so far. */
    private long turnover;

    Ranks(long capacityBytes) {
        for (int rank = 0; rank < COUNT; rank++) {
            ranks.add(new Rank());
        }
        resize(capacityBytes);
    }

    final void resize(long capacityBytes) {
        quarter = capacityBytes / COUNT;
        pause = capacityBytes / PAUSES;
        settle();
    }

    /** Takes in a new fill. */
    void add(Fill fill) {
        turnover += fill.bytes;
        fill.liftedAt = turnover;
        append(fill, 0);
    }

    /** Takes in a fill that had this rank before a restart, as the coldest of it; {@link #settle} is to follow. */
    void restore(Fill fill, int rank) {
        fill.liftedAt = turnover - pause;
        fill.rank = rank;
        ranks.get(rank).prepend(fill);
    }

    /** Takes note of a use, which may lift the fill; nothing happens when it was taken out. */
    void use(Fill fill) {
        if (fill.rank == Fill.NO_RANK) {
            return;
        }
        ranks.get(fill.rank).remove(fill);
        int next = Math.min(fill.rank + 1, COUNT - 1);
        if (turnover - fill.liftedAt < pause || fill.bytes > room(next)) {
            append(fill, fill.rank);
            return;
        }
        turnover += fill.bytes;
        fill.liftedAt = turnover;
        append(fill, next);
    }

    /** Gives a fill another weight, which is no use of it. */
    void weigh(Fill fill, long bytes) {
        turnover += Math.max(0, bytes - fill.bytes);
        ranks.get(fill.rank).weigh(fill, bytes);
        settle();
    }

    void remove(Fill fill) {
        ranks.get(fill.rank).remove(fill);
        fill.rank = Fill.NO_RANK;
    }

    /** The first fills in the order that match, so many at most. */
    List<Fill> coldest(long most, LongPredicate matching) {
        List<Fill> found = new ArrayList<>();
        for (Rank rank : ranks) {
            for (Fill fill = rank.coldest(); !rank.isEnd(fill); fill = fill.warmer) {
                if (found.size() == most) {
                    return found;
                }
                if (matching.test(fill.number())) {
                    found.add(fill);
                }
            }
        }
        return found;
    }

    private void append(Fill fill, int rank) {
        fill.rank = rank;
        ranks.get(rank).append(fill);
        settle();
    }

    /** Lets sink what is too much for its rank. */
    void settle() {
        long above = 0;
        for (int upper = COUNT - 1; upper > 0; upper--) {
            Rank rank = ranks.get(upper);
            above += rank.bytes();
            while (above > room(upper)) {
                Fill sinking = rank.coldest();
                rank.remove(sinking);
                above -= sinking.bytes;
                sinking.rank = upper - 1;
                ranks.get(upper - 1).append(sinking);
            }
        }
    }

    /** Bytes that a rank and those above it may hold. */
    private long room(int rank) {
        return quarter * (COUNT - rank);
    }
}

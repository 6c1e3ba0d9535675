package dev.freshet.cache.evict;

import dev.freshet.cache.evict.EvictionOrder.Ranked;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * An order in which fills go when space is short. It keeps no content, only the number and the weight of each fill, and
 * evicts nothing by itself: its owner asks for the {@link #coldest} before it adds what would be too much, and forgets them.
 *
 * <p>Weights are bytes. All methods may be called by any thread; {@link #touch} never waits.
 */
public interface EvictionPolicy {

    /** Changes how many bytes the owner will keep. */
    void resize(long capacityBytes);

    /** The sum of the weights. */
    long bytes();

    /** How many fills there are. */
    long count();

    /**
     * Adds a fill, which is its first use. One that is there already takes the new weight and keeps its place.
     *
     * @param weight bytes, from 0
     */
    void add(long fill, long weight);

    /** Notes a use, or takes it for a part of the one before. Nothing happens when the fill is not there. */
    void touch(long fill);

    /** Removes a fill. Nothing happens when it is not there. */
    void forget(long fill);

    /**
     * Visits fills, the first to go first, until the visitor returns false or has seen each one that is there all the time.
     * Nothing is removed. The visitor runs under no lock and may call any method, also to forget the fill that it sees,
     * which another thread may have touched or forgotten a moment ago.
     */
    void coldest(LongPredicate visitor);

    /** A snapshot of all fills, the first to go first, for {@link #restore}; to be closed. */
    EvictionOrder order();

    /**
     * Adds fills in an order that was saved. Into an empty policy of the same capacity, it restores the order as it was;
     * a fill that is here already stays as it is, and is warmer than those that are restored to the same rank.
     *
     * @param order as {@link #order()} gave it, all of it
     */
    void restore(List<Ranked> order);
}

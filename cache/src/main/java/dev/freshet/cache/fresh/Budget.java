package dev.freshet.cache.fresh;

import java.time.Duration;

/**
 * The requests that a registry still accepts.
 *
 * @param left the part of its limit that is left, from 0 to 1
 * @param window what the limit is counted over; zero or more
 */
public record Budget(double left, Duration window) {

    /** No limit, or none that is known. */
    public static final Budget AMPLE = new Budget(1, Duration.ZERO);

    public Budget {
        if (!(left >= 0 && left <= 1) || window.isNegative()) {
            throw new IllegalArgumentException("no budget: " + left + " in " + window);
        }
    }
}

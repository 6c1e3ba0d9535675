package dev.freshet.cache.fill;

import java.time.Duration;

/**
 * The bounds of a fill whose bytes the store does not take.
 *
 * @param window bytes that are held in memory for readers, at least {@value #LEAST_WINDOW}
 * @param patience how long a reader may stand still while the fill waits for it
 */
record PassThrough(int window, Duration patience) {

    static final int LEAST_WINDOW = Hashing.BUFFER_BYTES;

    static final PassThrough DEFAULT = new PassThrough(1 << 20, Duration.ofSeconds(60));

    PassThrough {
        if (window < LEAST_WINDOW) {
            throw new IllegalArgumentException("a window of " + window + " bytes does not hold one read");
        }
    }
}

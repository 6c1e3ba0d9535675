package dev.freshet.cache.fill;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The options of how fills fetch.
 *
 * @param connections how many a fill may have at once, 1 or more
 * @param taskBytes bytes that are asked for at a time where there may be several; a blob of fewer than four such tasks has
 *     one connection
 * @param enough bytes per second of one connection with which another would not help
 * @param largest bytes that a blob may have; what is larger is not fetched, or not further
 * @param linger how long a fill of ranges waits for a reader to want more
 * @param headPatience after so long without an answer, readers have the length that a manifest has stated
 * @param longest how long a fill may take, however it goes on
 * @param nanoTime a clock, in nanoseconds
 */
public record Fetching(int connections, long taskBytes, long enough, long largest, Duration linger,
        Duration headPatience, Duration longest, LongSupplier nanoTime) {

    /** A connection that is so much slower than the others is replaced. */
    static final int SLOWER = 4;

    /** For so long a connection may be slow before it is, the first one of a fill. */
    static final Duration SLOW_AGE = Duration.ofSeconds(1);

    /** After so long without a byte, a reader that has another origin need not wait for this one. */
    static final Duration STANDSTILL = Duration.ofSeconds(5);

    private static final long TASK_BYTES = 8L << 20;
    private static final long ENOUGH = 200L << 20;
    private static final long LARGEST = 1L << 40;
    private static final Duration LINGER = Duration.ofSeconds(5);
    private static final Duration HEAD_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(1);

    public Fetching {
        if (connections < 1 || taskBytes < 1) {
            throw new IllegalArgumentException(connections + " connections for " + taskBytes + " bytes fetch nothing");
        }
    }

    /** So many connections, and what has proved right for all else. */
    public static Fetching with(int connections, LongSupplier nanoTime) {
        return new Fetching(connections, TASK_BYTES, ENOUGH, LARGEST, LINGER, HEAD_PATIENCE, LONGEST, nanoTime);
    }

    /** The same, with another time that a fill may take. */
    public Fetching within(Duration most) {
        return new Fetching(connections, taskBytes, enough, largest, linger, headPatience, most, nanoTime);
    }

    /** Whether a blob of this length may have several connections. */
    boolean isLarge(long length) {
        return connections > 1 && length >= 4 * taskBytes;
    }

    /** How far ahead of the first missing byte others may be asked for. */
    long ahead() {
        return 2L * connections * taskBytes;
    }
}

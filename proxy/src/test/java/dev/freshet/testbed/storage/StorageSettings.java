package dev.freshet.testbed.storage;

import dev.freshet.testbed.wire.Ending;
import java.time.Duration;
import java.time.InstantSource;

/**
 * How a storage behaves when nothing goes wrong.
 *
 * @param clock what expiry is measured with
 * @param longestLife how long a signed URL lives at most, whatever it states: temporary credentials die like that
 * @param cutsAtExpiry whether a running transfer ends with its URL
 * @param ending how it does
 * @param bytesPerSecond the most that one connection gets; {@code Long.MAX_VALUE} for no limit
 */
public record StorageSettings(InstantSource clock, Duration longestLife, boolean cutsAtExpiry, Ending ending,
        long bytesPerSecond) {

    /** Real time, lives as stated, nothing cut, nothing throttled. */
    public static final StorageSettings DEFAULTS = new StorageSettings(InstantSource.system(), Duration.ofDays(7),
            false, Ending.FIN, Long.MAX_VALUE);

    /** With another clock. */
    public StorageSettings clock(InstantSource other) {
        return new StorageSettings(other, longestLife, cutsAtExpiry, ending, bytesPerSecond);
    }

    /** With URLs that live no longer than this. */
    public StorageSettings longestLife(Duration life) {
        return new StorageSettings(clock, life, cutsAtExpiry, ending, bytesPerSecond);
    }

    /** With transfers that are ended in this way as soon as their URL has expired. */
    public StorageSettings cutAtExpiry(Ending how) {
        return new StorageSettings(clock, longestLife, true, how, bytesPerSecond);
    }

    /** With at most so many bytes per second and connection. */
    public StorageSettings bytesPerSecond(long limit) {
        return new StorageSettings(clock, longestLife, cutsAtExpiry, ending, limit);
    }
}

package dev.freshet.config.unit;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time, written as a whole number and a unit: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 12h}, {@code 30d}. */
public final class Durations {

    private static final Pattern GRAMMAR = Pattern.compile("([0-9]{1,19})(ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of("ms", Duration.ofMillis(1), "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    private Durations() {}

    /**
     * Reads a whole number and its unit; {@code 0s} is a duration too.
     *
     * @throws InvalidValueException if it is anything else, or more milliseconds than a long can count
     */
    public static Duration parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException(text, "is not a duration: use a whole number and ms, s, m, h or d");
        }
        try {
            Duration unit = UNITS.getOrDefault(matcher.group(2), Duration.ZERO);
            return Duration.ofMillis(Math.multiplyExact(unit.toMillis(), Long.parseLong(matcher.group(1))));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new InvalidValueException(text, "is too long: use less than 100000000000d");
        }
    }

    /** The duration in the largest unit that divides it, as {@link #parse} reads it; parts of a millisecond are cut off. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        for (String unit : new String[]{"d", "h", "m", "s"}) {
            long length = UNITS.getOrDefault(unit, Duration.ZERO).toMillis();
            if (millis % length == 0) {
                return millis / length + unit;
            }
        }
        return millis + "ms";
    }
}

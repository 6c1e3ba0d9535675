package dev.freshet.config.unit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A percentage: {@code 10%}.
 *
 * @param percent from 0 to 100
 */
public record Percentage(int percent) implements Comparable<Percentage> {

    private static final Pattern GRAMMAR = Pattern.compile("([0-9]{1,3})%");
    private static final int WHOLE = 100;

    public Percentage {
        if (percent < 0 || percent > WHOLE) {
            throw new InvalidValueException(percent + "%", "is out of range: use 0% to 100%");
        }
    }

    /**
     * Reads a whole number and its sign.
     *
     * @throws InvalidValueException if it is anything else, or more than 100%
     */
    public static Percentage parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException(text, "is not a percentage: use a whole number and %, such as 10%");
        }
        return new Percentage(Integer.parseInt(matcher.group(1)));
    }

    /** The part as a number from 0 to 1. */
    public double share() {
        return (double) percent / WHOLE;
    }

    @Override
    public String toString() {
        return percent + "%";
    }

    @Override
    public int compareTo(Percentage other) {
        return Integer.compare(percent, other.percent);
    }
}

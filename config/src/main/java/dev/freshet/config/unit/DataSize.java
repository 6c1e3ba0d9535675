package dev.freshet.config.unit;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of data, written with a binary unit: {@code 64KiB}, {@code 50GiB}.
 *
 * @param bytes 0 or more
 */
public record DataSize(long bytes) implements Comparable<DataSize> {

    private static final Pattern GRAMMAR = Pattern.compile("([0-9]{1,19})(B|KiB|MiB|GiB|TiB)");
    private static final Pattern LOOSE = Pattern.compile("([0-9]{1,19})\\s*([kmgt]?)i?b?", Pattern.CASE_INSENSITIVE);
    private static final String ADVICE = "use a whole number and B, KiB, MiB, GiB or TiB";

    /** The units, each 1024 times the one before. */
    private enum Unit {

        B(0),
        KiB(10),
        MiB(20),
        GiB(30),
        TiB(40);

        private final long bytes;

        Unit(int powerOfTwo) {
            this.bytes = 1L << powerOfTwo;
        }
    }

    public DataSize {
        if (bytes < 0) {
            throw new InvalidValueException(bytes + "B", "is negative: " + ADVICE);
        }
    }

    /**
     * Reads a whole number and its unit.
     *
     * @throws InvalidValueException if it is anything else, or more than a long can count
     */
    public static DataSize parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException(text,
                    "is not a size: " + meant(text).map("did you mean %s?"::formatted).orElse(ADVICE));
        }
        try {
            long count = Long.parseLong(matcher.group(1));
            return new DataSize(Math.multiplyExact(count, Unit.valueOf(matcher.group(2)).bytes));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new InvalidValueException(text, "is too large: use less than " + 8 * 1024 * 1024 + "TiB");
        }
    }

    /** The size with the largest unit that divides it, as {@link #parse} reads it. */
    @Override
    public String toString() {
        Unit unit = Unit.B;
        for (Unit candidate : Unit.values()) {
            unit = bytes > 0 && bytes % candidate.bytes == 0 ? candidate : unit;
        }
        return bytes / unit.bytes + unit.name();
    }

    /** The size rounded for people: in the largest unit that it reaches, with at most one decimal place. */
    public String rounded() {
        Unit unit = Unit.B;
        for (Unit candidate : Unit.values()) {
            unit = bytes >= candidate.bytes ? candidate : unit;
        }
        return bytes % unit.bytes == 0
                ? bytes / unit.bytes + unit.name()
                : String.format(Locale.ROOT, "%.1f%s", (double) bytes / unit.bytes, unit);
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    private static Optional<String> meant(String text) {
        Matcher loose = LOOSE.matcher(text.strip());
        if (!loose.matches() || (loose.group(2).isEmpty() && !text.matches(".*[bB]"))) {
            return Optional.empty();
        }
        String prefix = loose.group(2).toUpperCase(Locale.ROOT);
        return Optional.of(loose.group(1) + (prefix.isEmpty() ? "B" : prefix + "iB"));
    }
}

package dev.freshet.proxy.range;

import dev.freshet.cache.store.ByteRange;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One range as it is asked for (RFC 9110, section 14.1.1): where it lies depends on the length of the whole. */
sealed interface RangeSpec {

    /** {@code first-last}, {@code first-} or {@code -count}. */
    Pattern GRAMMAR = Pattern.compile("(\\d*)-(\\d*)");

    /**
     * From one position to another.
     *
     * @param last inclusive; {@link Long#MAX_VALUE} for the end
     */
    record Positions(long first, long last) implements RangeSpec {

        @Override
        public Optional<ByteRange> within(long length) {
            return first >= length
                    ? Optional.empty()
                    : Optional.of(new ByteRange(first, Math.min(last, length - 1) + 1));
        }
    }

    /**
     * The end.
     *
     * @param count bytes, perhaps more than there are
     */
    record Suffix(long count) implements RangeSpec {

        @Override
        public Optional<ByteRange> within(long length) {
            return count == 0
                    ? Optional.empty()
                    : Optional.of(new ByteRange(Math.max(0, length - count), length));
        }
    }

    /** Where it lies in so many bytes; empty when it cannot be satisfied. */
    Optional<ByteRange> within(long length);

    /** Reads one; empty when it is malformed. A number beyond {@code long} is the largest there is. */
    static Optional<RangeSpec> of(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches() || text.equals("-")) {
            return Optional.empty();
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty()) {
            return Optional.of(new Suffix(number(last)));
        }
        Positions positions = new Positions(number(first), last.isEmpty() ? Long.MAX_VALUE : number(last));
        return positions.last() < positions.first() ? Optional.empty() : Optional.of(positions);
    }

    private static long number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
    }
}

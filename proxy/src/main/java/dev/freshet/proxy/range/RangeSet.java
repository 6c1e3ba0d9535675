package dev.freshet.proxy.range;

import dev.freshet.cache.store.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ranges that a {@code Range} header asks for (RFC 9110, section 14.2), in its order. A header that is malformed, of
 * another unit, or greedy asks for the whole, as the specification allows (sections 14.2 and 17.15).
 *
 * <p>Clients that ask for several ranges count the parts that come back: they get as many as they asked for, in that
 * order and never merged, or everything.
 */
public final class RangeSet {

    /** No range: the whole. */
    public static final RangeSet WHOLE = new RangeSet(List.of());

    /** The most ranges of a request: podman's partial pulls ask for so many, and a head holds few more. */
    static final int MAX_RANGES = 1024;

    private static final String UNIT = "bytes=";

    private final List<RangeSpec> specs;

    private RangeSet(List<RangeSpec> specs) {
        this.specs = List.copyOf(specs);
    }

    /** Reads a header's value. */
    public static RangeSet of(String header) {
        if (!header.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return WHOLE;
        }
        List<RangeSpec> specs = new ArrayList<>();
        for (String element : header.substring(UNIT.length()).split("[ \t]*,[ \t]*", -1)) {
            String text = element.strip();
            if (text.isEmpty()) {
                continue;
            }
            Optional<RangeSpec> spec = RangeSpec.of(text);
            if (spec.isEmpty() || specs.size() == MAX_RANGES) {
                return WHOLE;
            }
            specs.add(spec.get());
        }
        return new RangeSet(specs);
    }

    /** Whether all of the blob is asked for, as far as can be told without its length. */
    public boolean wantsAll() {
        return specs.isEmpty() || specs.contains(new RangeSpec.Positions(0, Long.MAX_VALUE));
    }

    /**
     * The part of a blob that the ranges select: parts that do not exist are left out, unless none does; parts of more than twice the blob
     * are the whole, sent once. Of an empty blob everything is given, as none of it could be named.
     *
     * @param length of the blob, in bytes
     */
    public Selection within(long length) {
        if (specs.isEmpty() || length == 0) {
            return new Selection.Whole();
        }
        List<ByteRange> parts = new ArrayList<>();
        long total = 0;
        for (RangeSpec spec : specs) {
            Optional<ByteRange> part = spec.within(length);
            if (part.isPresent()) {
                parts.add(part.get());
                total += part.get().length();
                if (total - length > length) {
                    return new Selection.Whole();
                }
            }
        }
        return parts.isEmpty() ? new Selection.Unsatisfiable() : new Selection.Parts(parts);
    }

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
}

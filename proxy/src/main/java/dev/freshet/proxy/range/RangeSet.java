package dev.freshet.proxy.range;

import dev.freshet.cache.store.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
}

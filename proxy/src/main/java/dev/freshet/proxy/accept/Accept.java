package dev.freshet.proxy.accept;

import dev.freshet.cache.name.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The media types that a client takes (RFC 9110, section 12.5.1), as a set: neither their order, nor how they are spread over
 * header lines, nor what a client would like best makes a difference. So equal sets are equal.
 *
 * @param ranges such as <code>application/json</code>, <code>application/*</code> or <code>*&#47;*</code>, in alphabetical
 *     order, with {@code ;q=0} behind those that are refused; at most {@value #MOST}, each of at most {@value #LONGEST}
 *     characters; none when everything is taken
 */
public record Accept(List<String> ranges) {

    /** All media types. */
    public static final Accept EVERYTHING = new Accept(List.of());

    private static final int MOST = 64;
    /** Twice what a type may have (RFC 6838, section 4.2), and the slash. */
    private static final int LONGEST = 2 * 127 + 1;
    private static final String REFUSED = ";q=0";
    private static final String ALL = "*/*";
    private static final Pattern RANGE = Pattern.compile("[\\w!#$&^.+-]+/(?:[\\w!#$&^.+-]+|\\*)|\\*/\\*");
    private static final Pattern QUALITY = Pattern.compile(";\\s*q\\s*=\\s*([^;\\s]*)");
    private static final Pattern ZERO = Pattern.compile("0(?:\\.0{0,3})?");

    public Accept {
        ranges = List.copyOf(ranges);
    }

    /**
     * Reads the lines of {@code Accept} headers; what is no media range is left out, and so is what is too long, or comes after
     * many. Nothing, and all types without an exception, is {@link #EVERYTHING}.
     */
    public static Accept of(List<String> lines) {
        Map<String, Boolean> taken = new TreeMap<>();
        lines.stream().flatMap(line -> Stream.of(line.split(",", -1)))
                .map(range -> range.strip().toLowerCase(Locale.ROOT))
                .forEach(range -> add(taken, range));
        return taken.isEmpty() || taken.equals(Map.of(ALL, true)) || takesAll(taken)
                ? EVERYTHING
                : new Accept(
                        taken.entrySet().stream().map(e -> e.getValue() ? e.getKey() : e.getKey() + REFUSED).toList());
    }

    private static boolean takesAll(Map<String, Boolean> taken) {
        return taken.getOrDefault(ALL, false) && !taken.containsValue(false);
    }

    private static void add(Map<String, Boolean> taken, String range) {
        int parameters = range.indexOf(';');
        String type = (parameters < 0 ? range : range.substring(0, parameters)).strip();
        Matcher quality = QUALITY.matcher(range);
        boolean isRefused = quality.find() && ZERO.matcher(quality.group(1)).matches();
        boolean isRange = type.length() <= LONGEST && RANGE.matcher(type).matches();
        if (isRange && (taken.size() < MOST || taken.containsKey(type))) {
            taken.merge(type, !isRefused, Boolean::logicalOr);
        }
    }

    /** Whether this takes a media type; the range that says most of it counts. What has no type is taken. */
    public boolean takes(String mediaType) {
        if (ranges.isEmpty() || mediaType.isEmpty()) {
            return true;
        }
        String type = mediaType.toLowerCase(Locale.ROOT);
        for (String range : List.of(type, type.substring(0, type.indexOf('/') + 1) + "*", ALL)) {
            if (ranges.contains(range)) {
                return true;
            }
            if (ranges.contains(range + REFUSED)) {
                return false;
            }
        }
        return false;
    }

    /** The digest of this set, for places that remember many sets, which may have 16 KB each. */
    public Digest digest() {
        return Digest.sha256(toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The header's value for this set. */
    @Override
    public String toString() {
        return ranges.isEmpty() ? ALL : String.join(", ", ranges);
    }
}

package dev.freshet.proxy.upstream.guard;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one answer says of an account's budget: {@code ratelimit-limit: 100;w=21600} and {@code ratelimit-remaining:
 * 76;w=21600}, as Docker Hub writes them.
 *
 * @param limit how many calls there are in each window, 1 or more
 * @param remaining how many of them are left, at most the limit
 * @param window what they are counted over, more than nothing
 */
public record RateLimit(long limit, long remaining, Duration window) {

    /** What is believed of a registry that names no window; with those that name none it is a minute. */
    static final Duration USUAL_WINDOW = Duration.ofMinutes(1);

    private static final Pattern GRAMMAR = Pattern
            .compile("\\s*([0-9]{1,9})\\s*((?:;[^,]*)?)(?:,.*)?");
    private static final Pattern WINDOW = Pattern.compile(";\\s*w\\s*=\\s*([0-9]{1,7})\\s*(?=;|$)");

    public RateLimit {
        if (limit < 1 || remaining < 0 || remaining > limit || !window.isPositive()) {
            throw new IllegalArgumentException("no budget: " + remaining + " of " + limit + " in " + window);
        }
    }

    /** A header field's number, and its window in seconds, 0 when it names none. */
    private record Field(long number, long window) {}

    /**
     * Reads the two header fields. A list's first entry counts; unknown parameters do not.
     *
     * @return empty when one is missing, malformed, negative, of more than nine digits, or of a window of more than seven
     */
    public static Optional<RateLimit> of(@Nullable String limit, @Nullable String remaining) {
        Optional<Field> most = field(limit);
        Optional<Field> left = field(remaining);
        if (most.isEmpty() || left.isEmpty() || most.get().number() < 1) {
            return Optional.empty();
        }
        long seconds = Math.max(most.get().window(), left.get().window());
        return Optional.of(new RateLimit(most.get().number(), Math.min(left.get().number(), most.get().number()),
                seconds == 0 ? USUAL_WINDOW : Duration.ofSeconds(seconds)));
    }

    /** The part of the budget that is left, from 0 to 1. */
    public double share() {
        return (double) remaining / limit;
    }

    private static Optional<Field> field(@Nullable String value) {
        Matcher matcher = GRAMMAR.matcher(value == null ? "" : value);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Matcher window = WINDOW.matcher(matcher.group(2));
        boolean isNamed = window.find();
        if (!isNamed && matcher.group(2).matches(".*;\\s*w\\s*=.*")) {
            return Optional.empty();
        }
        return Optional.of(new Field(Long.parseLong(matcher.group(1)), isNamed ? Long.parseLong(window.group(1)) : 0));
    }
}

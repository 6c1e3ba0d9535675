package dev.freshet.config.unit;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression for URLs, in the syntax of {@link Pattern}. URLs come from manifests, so the time of a match is
 * bounded.
 */
public final class UrlPattern extends RegularExpression {

    private static final String EXAMPLE = "^https://mcr\\.microsoft\\.com/";

    private final Pattern anywhere;
    private final Pattern beginning;

    private UrlPattern(String text, Pattern anywhere, Pattern beginning) {
        super(text);
        this.anywhere = anywhere;
        this.beginning = beginning;
    }

    /**
     * Reads a regular expression.
     *
     * @throws InvalidValueException if it is not valid
     */
    public static UrlPattern parse(String text) {
        return new UrlPattern(text, compile(text, text, EXAMPLE),
                compile(text, "(?:" + text + ")(?:(?:/|(?<=/)).*)?", EXAMPLE));
    }

    /**
     * Whether the expression matches a URL from its first character to its last, or to a slash. So a pattern that ends with a
     * host does not match longer hosts. False if the match takes too long.
     */
    public boolean matchesBeginningOf(String url) {
        return test(beginning, url, Matcher::matches, false);
    }

    /** Whether the expression matches any part of a URL. True if the match takes too long. */
    public boolean isFoundIn(String url) {
        return test(anywhere, url, Matcher::find, true);
    }

    /** Whether {@link #matchesBeginningOf} can be true for any http or https URL. */
    @SuppressWarnings("JdkObsolete") // whether more text could still make a match is just what is asked here
    public boolean mayMatchWeb() {
        return List.of("http://", "https://").stream().anyMatch(scheme -> {
            Matcher matcher = beginning.matcher(scheme);
            return matcher.matches() || matcher.hitEnd();
        });
    }
}

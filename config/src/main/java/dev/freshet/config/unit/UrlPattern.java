package dev.freshet.config.unit;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression for URLs, as {@link Pattern} describes them. URLs come from strangers: no expression takes long for
 * any URL ({@link CountedText}).
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
     * @throws InvalidValueException if it is none
     */
    public static UrlPattern parse(String text) {
        return new UrlPattern(text, compile(text, text, EXAMPLE),
                compile(text, "(?:" + text + ")(?:(?:/|(?<=/)).*)?", EXAMPLE));
    }

    /**
     * Whether it matches a URL from its first character to its last, or to a slash: so a pattern that ends in a host does
     * not match longer hosts. No, when that would take too long.
     */
    public boolean matchesBeginningOf(String url) {
        return test(beginning, url, Matcher::matches, false);
    }

    /** Whether it matches anything in a URL. Yes, when it would take too long to say. */
    public boolean isFoundIn(String url) {
        return test(anywhere, url, Matcher::find, true);
    }

    /** Whether {@link #matchesBeginningOf} may hold of any URL of http or https. */
    @SuppressWarnings("JdkObsolete") // whether more text could still make a match is just what is asked here
    public boolean mayMatchWeb() {
        return List.of("http://", "https://").stream().anyMatch(scheme -> {
            Matcher matcher = beginning.matcher(scheme);
            return matcher.matches() || matcher.hitEnd();
        });
    }
}

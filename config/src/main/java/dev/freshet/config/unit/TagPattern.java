package dev.freshet.config.unit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression for tags, in the syntax of {@link Pattern}. Clients choose the tags, so the time of a match is
 * bounded.
 */
public final class TagPattern extends RegularExpression {

    private static final String EXAMPLE = "v[0-9]+\\.[0-9]+\\.[0-9]+";

    private final Pattern pattern;

    private TagPattern(String text, Pattern pattern) {
        super(text);
        this.pattern = pattern;
    }

    /**
     * Reads a regular expression.
     *
     * @throws InvalidValueException if it is not valid
     */
    public static TagPattern parse(String text) {
        return new TagPattern(text, compile(text, text, EXAMPLE));
    }

    /** Whether the expression matches a whole tag. False if the match takes too long. */
    public boolean matches(String tag) {
        return test(pattern, tag, Matcher::matches, false);
    }
}

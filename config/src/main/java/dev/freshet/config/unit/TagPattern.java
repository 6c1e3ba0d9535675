package dev.freshet.config.unit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression for tags, as {@link Pattern} describes them. Tags are asked for by strangers: no expression takes
 * long for any.
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
     * @throws InvalidValueException if it is none
     */
    public static TagPattern parse(String text) {
        return new TagPattern(text, compile(text, text, EXAMPLE));
    }

    /** Whether it matches the whole of a tag. No, when that would take too long to say. */
    public boolean matches(String tag) {
        return test(pattern, tag, Matcher::matches, false);
    }
}

package dev.freshet.config.unit;

import dev.freshet.config.unit.CountedText.TooManyLooksException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression for tags, as {@link Pattern} describes them. Tags are asked for by strangers: no expression takes
 * long for any.
 */
public final class TagPattern {

    private final String text;
    private final Pattern pattern;

    private TagPattern(String text, Pattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    /**
     * Reads a regular expression.
     *
     * @throws InvalidValueException if it is none
     */
    public static TagPattern parse(String text) {
        try {
            return new TagPattern(text, Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            throw new InvalidValueException(text, "is no regular expression: " + e.getDescription()
                    + "; write one such as v[0-9]+\\.[0-9]+\\.[0-9]+");
        }
    }

    /** Whether it matches the whole of a tag. No, when that would take too long to say. */
    public boolean matches(String tag) {
        try {
            return pattern.matcher(new CountedText(tag)).matches();
        } catch (TooManyLooksException | StackOverflowError e) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TagPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The expression as it was written. */
    @Override
    public String toString() {
        return text;
    }
}

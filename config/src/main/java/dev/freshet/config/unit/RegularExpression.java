package dev.freshet.config.unit;

import dev.freshet.config.unit.CountedText.TooManyLooksException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression as it was written, for what strangers send. It takes long for no text ({@link CountedText}). Equal to
 * those of its own kind that are written in the same way.
 */
abstract sealed class RegularExpression permits TagPattern, UrlPattern {

    private final String text;

    RegularExpression(String text) {
        this.text = text;
    }

    /**
     * Compiles what was made of a text.
     *
     * @param example one that could be written instead
     * @throws InvalidValueException if the text is no regular expression
     */
    static Pattern compile(String text, String made, String example) {
        try {
            return Pattern.compile(made);
        } catch (PatternSyntaxException e) {
            throw new InvalidValueException(text, "is not a valid regular expression: " + e.getDescription()
                    + "; write one such as " + example);
        }
    }

    /**
     * Tries a match.
     *
     * @param otherwise what it says when that would take too long
     */
    static boolean test(Pattern pattern, String subject, Predicate<Matcher> match, boolean otherwise) {
        try {
            return match.test(pattern.matcher(new CountedText(subject)));
        } catch (TooManyLooksException | StackOverflowError e) {
            return otherwise;
        }
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof RegularExpression that && getClass().equals(that.getClass()) && text.equals(that.text);
    }

    @Override
    public final int hashCode() {
        return text.hashCode();
    }

    /** The expression as it was written. */
    @Override
    public final String toString() {
        return text;
    }
}

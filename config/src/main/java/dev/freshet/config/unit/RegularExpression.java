package dev.freshet.config.unit;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression for texts of clients and registries, equal to one of the same type and text. The time of a match is
 * bounded: a match that reads more than {@value #MAX_READS} characters, each read counted, is given up.
 */
abstract sealed class RegularExpression permits TagPattern, UrlPattern {

    private static final int MAX_READS = 1_000_000;

    private final String text;

    RegularExpression(String text) {
        this.text = text;
    }

    /**
     * Compiles an expression that was made of a text.
     *
     * @param example a valid expression for the message
     * @throws InvalidValueException if the text is not a regular expression
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
     * @param otherwise result of a match that is given up
     */
    static boolean test(Pattern pattern, String subject, Predicate<Matcher> match, boolean otherwise) {
        try {
            return match.test(pattern.matcher(new CountedText(subject)));
        } catch (TooManyReadsException | StackOverflowError e) {
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

    /** The expression as written. */
    @Override
    public final String toString() {
        return text;
    }

    /** A text that counts how many of its characters are read. */
    private static final class CountedText implements CharSequence {

        private final String text;
        private int reads;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++reads > MAX_READS) {
                throw new TooManyReadsException();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class TooManyReadsException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooManyReadsException() {
            super("match given up: it takes too long", null, false, false);
        }
    }
}

package dev.freshet.config.unit;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression for texts of clients and registries, equal to one of the same type and text. The time of a match is
 * bounded: a match that reads more than {@value #MAX_READS} characters, each read counted, is given up.
 */
public abstract sealed class RegularExpression {

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

    /**
     * A regular expression for tags, in the syntax of {@link Pattern}. Clients choose the tags, so the time of a match is
     * bounded.
     */
    public static final class TagPattern extends RegularExpression {

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

    /**
     * A regular expression for URLs, in the syntax of {@link Pattern}. URLs come from manifests, so the time of a match is
     * bounded.
     */
    public static final class UrlPattern extends RegularExpression {

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
}

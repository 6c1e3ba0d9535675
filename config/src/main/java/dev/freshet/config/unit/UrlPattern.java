package dev.freshet.config.unit;

import dev.freshet.config.unit.CountedText.TooManyLooksException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression for URLs, as {@link Pattern} describes them. URLs come from strangers: no expression takes long for
 * any URL ({@link CountedText}).
 */
public final class UrlPattern {

    private final String text;
    private final Pattern anywhere;
    private final Pattern beginning;

    private UrlPattern(String text, Pattern anywhere, Pattern beginning) {
        this.text = text;
        this.anywhere = anywhere;
        this.beginning = beginning;
    }

    /**
     * Reads a regular expression.
     *
     * @throws InvalidValueException if it is none
     */
    public static UrlPattern parse(String text) {
        try {
            return new UrlPattern(text, Pattern.compile(text),
                    Pattern.compile("(?:" + text + ")(?:(?:/|(?<=/)).*)?"));
        } catch (PatternSyntaxException e) {
            throw new InvalidValueException(text, "is no regular expression: " + e.getDescription()
                    + "; write one such as ^https://mcr\\.microsoft\\.com/");
        }
    }

    /**
     * Whether it matches a URL from its first character to its last, or to a slash: so a pattern that ends in a host does
     * not match longer hosts. No, when that would take too long.
     */
    public boolean matchesBeginningOf(String url) {
        try {
            return beginning.matcher(new CountedText(url)).matches();
        } catch (TooManyLooksException | StackOverflowError e) {
            return false;
        }
    }

    /** Whether it matches anything in a URL. Yes, when it would take too long to say. */
    public boolean isFoundIn(String url) {
        try {
            return anywhere.matcher(new CountedText(url)).find();
        } catch (TooManyLooksException | StackOverflowError e) {
            return true;
        }
    }

    /** Whether {@link #matchesBeginningOf} may hold of any URL of http or https. */
    @SuppressWarnings("JdkObsolete") // whether more text could still make a match is just what is asked here
    public boolean mayMatchWeb() {
        return List.of("http://", "https://").stream().anyMatch(scheme -> {
            Matcher matcher = beginning.matcher(scheme);
            return matcher.matches() || matcher.hitEnd();
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UrlPattern pattern && text.equals(pattern.text);
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

package dev.freshet.cache.name;

/** The failure to read a text as a name; the message begins with the text. */
public final class InvalidNameException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** The kinds of names. */
    public enum Kind {
        /** A repository name or a registry host. */
        NAME,
        /** A tag. */
        TAG,
        /** A digest. */
        DIGEST
    }

    InvalidNameException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** The text in quotes, without control characters and shortened, so that it may stand in a message or a log line. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().limit(80).forEach(c -> quoted.appendCodePoint(c < 0x20 || c >= 0x7f ? '?' : c));
        return quoted.append(text.length() > 80 ? "...\"" : "\"").toString();
    }
}

package dev.freshet.config.unit;

/** Says that a text is not the value it was taken for; the message begins with what was read and ends with what to do. */
public final class InvalidValueException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** A complaint that may not show what was read. */
    public InvalidValueException(String complaint) {
        super(complaint);
    }

    /** A complaint about this text, which is shown in quotes, shortened and without control characters. */
    public InvalidValueException(String read, String complaint) {
        super(quoted(read) + " " + complaint);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().limit(80).forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return quoted.append(text.length() > 80 ? "...\"" : "\"").toString();
    }
}

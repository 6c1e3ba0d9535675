package dev.freshet.config.unit;

import java.util.regex.Pattern;

/** Says that a text is not the value it was taken for; the message begins with what was read and ends with what to do. */
public final class InvalidValueException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;
    private static final Pattern USER_INFORMATION = Pattern.compile("(?<=[a-zA-Z0-9]:)//[^/?#]*@");
    /** Behind a scheme and a host, or with a value. */
    private static final Pattern QUERY = Pattern.compile("(?s)(://.*?[?#]|[?#](?=[^?#]*=)).+");

    /** A complaint that may not show what was read. */
    public InvalidValueException(String complaint) {
        super(complaint);
    }

    /** A complaint about this text, which is shown in quotes, shortened, without control characters and secrets. */
    public InvalidValueException(String read, String complaint) {
        super(quoted(read) + " " + complaint);
    }

    /**
     * A text as it may stand in a message: of what may be a URL neither the query nor the user information is shown, as they
     * may hold secrets.
     */
    public static String shown(String text) {
        String named = USER_INFORMATION.matcher(text).replaceFirst("//...@");
        return QUERY.matcher(named).replaceFirst("$1...");
    }

    private static String quoted(String read) {
        String text = shown(read);
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().limit(80).forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return quoted.append(text.length() > 80 ? "...\"" : "\"").toString();
    }
}

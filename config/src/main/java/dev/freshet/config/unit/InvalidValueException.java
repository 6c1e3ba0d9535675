package dev.freshet.config.unit;

import java.util.regex.Pattern;

/** An error about an invalid value. The message begins with the value and ends with what to do. */
public final class InvalidValueException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;
    private static final Pattern USER_INFORMATION = Pattern.compile("(?<=[a-zA-Z0-9]:)//[^/?#]*@");
    /** A query or fragment after a scheme and a host, or with a value. */
    private static final Pattern QUERY = Pattern.compile("(?s)(://.*?[?#]|[?#](?=[^?#]*=)).+");

    /** A complaint that does not show the value, which may be a secret. */
    public InvalidValueException(String complaint) {
        super(complaint);
    }

    /** A complaint about a value, which is shown in quotes, shortened, without control characters and secrets. */
    public InvalidValueException(String read, String complaint) {
        super(quoted(read) + " " + complaint);
    }

    /**
     * A text for use in a message: the query and the user information of URLs are replaced, since they may be secrets.
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

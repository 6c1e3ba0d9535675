package dev.freshet.cache.name;

import java.util.regex.Pattern;

/**
 * A tag: {@code [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}} (OCI distribution spec 1.1, "Pulling manifests").
 *
 * @param value 1 to 128 characters
 */
public record Tag(String value) implements Reference {

    private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    public Tag {
        if (value.length() > 128 || !GRAMMAR.matcher(value).matches()) {
            throw new InvalidNameException(InvalidNameException.Kind.TAG, "tag " + InvalidNameException.quoted(value)
                    + " is not valid: use 1 to 128 letters, digits, '_', '.', '-', not beginning with '.' or '-'");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

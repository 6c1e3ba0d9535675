package dev.freshet.config;

import dev.freshet.config.unit.InvalidValueException;
import java.util.regex.Pattern;

/**
 * The name by which images call an upstream, such as {@code docker.io}, {@code localhost:5000} or {@code lab}: lower
 * case, one path component, at most 255 characters.
 *
 * @param value the name, with the port where the name has one
 */
public record UpstreamName(String value) {

    private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]+(?:[._-]+[a-z0-9]+)*+(?::[0-9]{1,5})?");

    public UpstreamName {
        if (value.length() > 255 || !GRAMMAR.matcher(value).matches()) {
            throw new InvalidValueException(value,
                    "is not the name of a registry: use a lower-case host name, with :port where it needs one");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

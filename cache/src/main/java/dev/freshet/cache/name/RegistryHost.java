package dev.freshet.cache.name;

import java.util.regex.Pattern;

/**
 * The name by which images call a registry, such as {@code docker.io}, {@code ghcr.io}, {@code localhost:5000} or
 * {@code lab}: lower case, one path component, at most 255 characters.
 *
 * @param value the name, with the port where the name has one
 */
public record RegistryHost(String value) {

    private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::[0-9]{1,5})?");

    public RegistryHost {
        if (value.length() > 255 || !GRAMMAR.matcher(value).matches()) {
            throw new InvalidNameException(InvalidNameException.Kind.NAME,
                    "registry host " + InvalidNameException.quoted(value)
                            + " is not valid: use a lower-case host name, with :port where it needs one");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

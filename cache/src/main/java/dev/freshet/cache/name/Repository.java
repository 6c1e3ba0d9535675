package dev.freshet.cache.name;

import java.util.regex.Pattern;

/**
 * A repository of one registry, such as {@code library/busybox} of {@code docker.io}. Two registries never share one,
 * even under one name (OCI distribution spec 1.1, "Pulling manifests", gives the grammar).
 *
 * @param registry the registry that holds it
 * @param name lower-case path components, 1 to 255 characters in all
 */
public record Repository(RegistryHost registry, String name) {

    private static final int MAX_LENGTH = 255;
    private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*+";
    private static final Pattern GRAMMAR = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*+");

    public Repository {
        if (name.length() > MAX_LENGTH || !GRAMMAR.matcher(name).matches()) {
            throw new InvalidNameException(InvalidNameException.Kind.NAME,
                    "repository name " + InvalidNameException.quoted(name)
                            + " is not valid: use lower-case letters and digits, joined by '.', '_', '__', '-' or '/',"
                            + " at most " + MAX_LENGTH + " characters");
        }
    }

    @Override
    public String toString() {
        return registry + "/" + name;
    }
}

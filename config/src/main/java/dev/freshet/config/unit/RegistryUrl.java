package dev.freshet.config.unit;

import java.net.URI;
import java.net.URISyntaxException;

/** The base URL of a registry: {@code http} or {@code https}, a host, an optional port and path, and nothing else. */
public final class RegistryUrl {

    private static final String ADVICE = "use one like https://registry.example.com";

    private RegistryUrl() {}

    /**
     * Reads a base URL; slashes at its end are cut off.
     *
     * @throws InvalidValueException if it is anything else; a URL that may hold a password is not shown
     */
    public static URI parse(String text) {
        if (text.indexOf('@') >= 0) {
            throw new InvalidValueException("the URL holds a user name: use the keys username and password-file");
        }
        URI uri = syntax(text);
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new InvalidValueException(text, "is not an http or https URL: " + ADVICE);
        }
        if (uri.getHost() == null || uri.getPort() > 65_535) {
            throw new InvalidValueException(text, "has no valid host and port: " + ADVICE);
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new InvalidValueException(text, "has a query or a fragment: end the URL before '?' or '#'");
        }
        return URI.create(text.replaceFirst("/+$", ""));
    }

    private static URI syntax(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new InvalidValueException(text, "is not a URL: " + ADVICE);
        }
    }
}

package dev.freshet.config.load;

import java.util.ArrayList;
import java.util.List;

/** The problems found so far, in order. Not thread-safe. */
final class Problems {

    private final List<Problem> found = new ArrayList<>();

    void add(String key, Origin origin, String message) {
        add(key, origin.toString(), message);
    }

    void add(String key, String origin, String message) {
        found.add(new Problem(key, origin, message));
    }

    /** Whether a key or a key below it already has a problem; then its consequences are not reported. */
    boolean concern(String key) {
        return found.stream().anyMatch(p -> p.key().equals(key) || p.key().startsWith(key + "."));
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }
}

package dev.freshet.config.load;

import java.util.ArrayList;
import java.util.List;

/** The problems found so far, in the order they were found; used by one thread. */
final class Problems {

    private final List<Problem> found = new ArrayList<>();

    void add(String key, Origin origin, String message) {
        add(key, origin.toString(), message);
    }

    void add(String key, String origin, String message) {
        found.add(new Problem(key, origin, message));
    }

    /** Whether this key or one below it has a problem already, so that what follows from it need not be told. */
    boolean concern(String key) {
        return found.stream().anyMatch(p -> p.key().equals(key) || p.key().startsWith(key + "."));
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }
}

package dev.freshet.config.load;

import dev.freshet.config.unit.InvalidValueException;
import java.util.List;
import java.util.stream.Collectors;

/** An error about an invalid configuration. The message has one line for each problem. */
public final class ConfigException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * A problem of the configuration. Its text begins with the key and the origin, and ends with what to do. It never contains
     * a secret.
     *
     * @param key the key, or an unknown variable; empty for the whole file
     * @param origin {@code default}, {@code <file>:<line>}, the environment variable, or {@code --set}
     * @param message the problem and what to do
     */
    public record Problem(String key, String origin, String message) {

        public Problem {
            key = InvalidValueException.shown(key); // the name of a map's entry may be anything
        }

        @Override
        public String toString() {
            return key.isEmpty() ? origin + ": " + message : key + " (" + origin + "): " + message;
        }
    }
}

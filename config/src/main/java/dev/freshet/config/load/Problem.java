package dev.freshet.config.load;

import dev.freshet.config.unit.InvalidValueException;

/**
 * One thing that is wrong with the configuration. As text it begins with the key and where it came from, and ends with
 * what to do; it never shows a secret.
 *
 * @param key the key, or the variable that stands for none; empty when the file as a whole is meant
 * @param origin {@code default}, {@code <file>:<line>}, the environment variable, or {@code --set}
 * @param message what is wrong and what to do
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

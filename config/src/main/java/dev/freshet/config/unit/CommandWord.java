package dev.freshet.config.unit;

/**
 * A word of a command that Freshet runs without a shell, so nothing in it is expanded, split or unquoted.
 *
 * @param value at least one character, none of them NUL
 */
public record CommandWord(String value) {

    public CommandWord {
        if (value.isEmpty()) {
            throw new InvalidValueException(value, "is empty: remove it");
        }
        if (value.indexOf('\0') >= 0) {
            throw new InvalidValueException("the word holds a NUL character: remove it");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

package dev.freshet.config.unit;

/**
 * A word of a command that is run without a shell: nothing in it is expanded, split or unquoted.
 *
 * @param value at least one character, none of them NUL
 */
public record CommandWord(String value) {

    public CommandWord {
        if (value.isEmpty()) {
            throw new InvalidValueException(value, "is no word: remove it");
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

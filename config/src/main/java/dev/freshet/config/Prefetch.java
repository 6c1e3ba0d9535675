package dev.freshet.config;

import dev.freshet.config.unit.InvalidValueException;
import java.util.Locale;

/** The content that Freshet fetches before a client asks for it. */
public enum Prefetch {

    /** Nothing. */
    NONE,
    /** The config and layers of an image, when a client asks for its manifest. */
    LAYERS;

    /**
     * Reads the lower-case word of a value.
     *
     * @throws InvalidValueException for any other word
     */
    public static Prefetch parse(String text) {
        return switch (text) {
            case "none" -> NONE;
            case "layers" -> LAYERS;
            default -> throw new InvalidValueException(text, "is not valid: use none or layers");
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

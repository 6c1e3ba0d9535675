package dev.freshet.config.unit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A password or token: it shows itself only to who asks by {@link #reveal()}, and compares in constant time. */
public final class Secret {

    private final String value;

    /**
     * Keeps this text.
     *
     * @throws InvalidValueException if it is empty
     */
    public Secret(String value) {
        if (value.isEmpty()) {
            throw new InvalidValueException("the secret is empty: give one, or remove the key");
        }
        this.value = value;
    }

    /** The text itself, for sending it where it belongs; never for a log or a message. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "<hidden>";
    }

    private byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}

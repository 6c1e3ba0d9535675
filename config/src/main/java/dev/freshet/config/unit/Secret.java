package dev.freshet.config.unit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A password or token. Only {@link #reveal()} returns its text; comparison takes constant time. */
public final class Secret {

    private static final int LONGEST_FILE = 64 * 1024;

    private final String value;

    /**
     * A secret with this text.
     *
     * @throws InvalidValueException if it is empty
     */
    public Secret(String value) {
        if (value.isEmpty()) {
            throw new InvalidValueException("the secret is empty: give one, or remove the key");
        }
        this.value = value;
    }

    /**
     * Reads a UTF-8 file, without a line break at its end.
     *
     * @throws IOException if it cannot be read, is not UTF-8, or is longer than {@value #LONGEST_FILE} bytes
     * @throws InvalidValueException if it is empty
     */
    public static Secret read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LONGEST_FILE + 1);
            if (bytes.length > LONGEST_FILE) {
                throw new IOException(file + " is longer than " + LONGEST_FILE + " bytes");
            }
            return new Secret(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()
                    .replaceFirst("\\R\\z", ""));
        }
    }

    /** Whether it holds a control character, such as a line break, which cannot be sent (RFC 7617, section 2). */
    public boolean hasControls() {
        return value.chars().anyMatch(Character::isISOControl);
    }

    /** The text, to be sent to the registry or token server; never for a log or a message. */
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

package dev.freshet.testbed.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Content to pull. */
public final class Bytes {

    /** A mebibyte. */
    public static final int MIB = 1024 * 1024;

    private Bytes() {}

    /** So many bytes that do not compress, the same every time. */
    public static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** This text in UTF-8. */
    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

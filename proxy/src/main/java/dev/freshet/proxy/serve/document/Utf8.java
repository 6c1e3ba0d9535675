package dev.freshet.proxy.serve.document;

import java.nio.charset.StandardCharsets;

/**
 * Documents of registries as text. Bytes that are no UTF-8 become U+FFFD, as clients read them: they occur in annotations,
 * and nothing that Freshet relies on can hold one.
 */
final class Utf8 {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private Utf8() {}

    /** All of it, without the byte order mark that a few tools write. */
    static String text(byte[] document) {
        String text = new String(document, StandardCharsets.UTF_8);
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }
}

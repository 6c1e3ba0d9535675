package dev.freshet.proxy.doctor;

import java.util.Locale;

/** The checks of an upstream, in order. A failed check ends the examination. */
public enum Check {

    /** The name resolves. */
    NAME,
    /** The connection works, with a valid certificate. */
    CONNECTION,
    /** {@code /v2/} answers as a registry. */
    API,
    /** The registry or its token server grants a token. */
    TOKEN,
    /** The registry has the manifest. */
    MANIFEST,
    /** The storage of the registry delivers a blob of that manifest. */
    STORAGE;

    /** The label in tables and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

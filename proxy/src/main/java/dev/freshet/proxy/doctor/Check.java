package dev.freshet.proxy.doctor;

import java.util.Locale;

/** What is asked of an upstream, in this order; none is made when one before it has failed. */
public enum Check {

    /** Its name resolves. */
    NAME,
    /** It can be connected, and shows a good certificate. */
    CONNECTION,
    /** It answers {@code /v2/} as a registry does. */
    API,
    /** It, or its token server, gives the authorisation that it asks for. */
    TOKEN,
    /** It has a manifest. */
    MANIFEST,
    /** A blob of that manifest can be had where the registry says. */
    STORAGE;

    /** The word for it in tables and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

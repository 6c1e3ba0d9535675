package dev.freshet.proxy.upstream.document;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The media types of manifests (OCI image spec 1.1, "Media types"; Docker image manifest version 2). */
public final class MediaTypes {

    /** A manifest of schema 1 with its signatures (Docker image manifest version 2, schema 1). */
    public static final String SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /** The same without signatures. */
    public static final String UNSIGNED = "application/vnd.docker.distribution.manifest.v1+json";

    /** The usual {@code Accept}: every kind of manifest and index there is, the richer first. */
    static final List<String> ACCEPTED = List.of("application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.artifact.manifest.v1+json",
            SIGNED + ";q=0.5", "*/*;q=0.1");

    private MediaTypes() {}

    /** The type without its parameters, lower case; empty when there is none. */
    public static String bare(@Nullable String contentType) {
        if (contentType == null) {
            return "";
        }
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return type.strip().toLowerCase(Locale.ROOT);
    }

    /** Whether a manifest may come under this type; a login page's does not. */
    static boolean mayBeManifest(String bareType) {
        return bareType.isEmpty() || bareType.equals("application/json") || bareType.endsWith("+json")
                || bareType.endsWith("+prettyjws") || bareType.equals("application/octet-stream")
                || bareType.equals("binary/octet-stream") || bareType.equals("text/plain");
    }

    /** Whether this type names a kind of manifest; others, such as {@code application/json}, say nothing about it. */
    public static boolean isManifest(String bareType) {
        return bareType.startsWith("application/vnd.")
                && (bareType.endsWith("+json") || bareType.endsWith("+prettyjws"));
    }

    /** Whether what comes under this type may be a signed manifest of schema 1. */
    static boolean mayBeSigned(String bareType) {
        return bareType.equals(SIGNED) || bareType.equals(UNSIGNED) || !isManifest(bareType);
    }
}

package dev.freshet.proxy.serve.document;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The platform that an image runs on, in the words of Go (OCI image spec 1.1, "Image Index").
 *
 * @param os such as {@code linux}
 * @param architecture such as {@code amd64}
 * @param variant such as {@code v7}; empty for the usual one
 */
public record Platform(String os, String architecture, String variant) {

    private static final Pattern GRAMMAR = Pattern.compile("([a-z0-9_.-]+)/([a-z0-9_.-]+)(?:/([a-z0-9_.-]+))?");

    public Platform {
        variant = architecture.equals("arm64") && variant.equals("v8") ? "" : variant;
    }

    /** Reads {@code OS/ARCHITECTURE[/VARIANT]}; empty if it is anything else. */
    public static Optional<Platform> parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        return matcher.matches()
                ? Optional.of(new Platform(matcher.group(1), matcher.group(2),
                        matcher.group(3) == null ? "" : matcher.group(3)))
                : Optional.empty();
    }

    /** The platform of this machine. */
    public static Platform ofThisMachine() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    /**
     * The platform of a machine.
     *
     * @param os as the Java runtime calls it; images for anything but Windows are for Linux
     * @param architecture as the Java runtime calls it
     */
    static Platform of(String os, String architecture) {
        return new Platform(os.toLowerCase(Locale.ROOT).startsWith("windows") ? "windows" : "linux",
                switch (architecture) {
                    case "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    case "x86", "i386" -> "386";
                    default -> architecture;
                }, "");
    }

    /** The one of these to take: this very one, or, if no variant is wanted, the first of any. */
    public Optional<Platform> among(Collection<Platform> offered) {
        return offered.contains(this)
                ? Optional.of(this)
                : offered.stream().filter(other -> variant.isEmpty() && other.os().equals(os)
                        && other.architecture().equals(architecture)).findFirst();
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}

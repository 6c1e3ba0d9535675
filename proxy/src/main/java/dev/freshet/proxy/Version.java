package dev.freshet.proxy;

/** Which build this is. */
public final class Version {

    private Version() {}

    /** The version that the jar states; {@code dev} outside of one. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}

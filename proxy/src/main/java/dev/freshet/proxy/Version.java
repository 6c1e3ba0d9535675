package dev.freshet.proxy;

/** The version of this build. */
public final class Version {

    private Version() {}

    /** The version in the manifest of the jar; {@code dev} outside of a jar. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}

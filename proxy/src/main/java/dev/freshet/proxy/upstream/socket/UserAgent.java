package dev.freshet.proxy.upstream.socket;

/** How Freshet names itself to upstreams. */
final class UserAgent {

    /** The header's value, such as {@code freshet/1.0} (RFC 9110, section 10.1.5). */
    static final String VALUE = "freshet/" + version();

    private UserAgent() {}

    private static String version() {
        String version = UserAgent.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}

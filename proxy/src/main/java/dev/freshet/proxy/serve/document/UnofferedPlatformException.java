package dev.freshet.proxy.serve.document;

import java.util.Collection;
import java.util.stream.Collectors;

/** The absence of a platform from an index. */
public final class UnofferedPlatformException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String offered;

    UnofferedPlatformException(Platform wanted, Collection<Platform> offered) {
        super("there is nothing for " + wanted, null, false, false);
        this.offered = offered.stream().map(Platform::toString).collect(Collectors.joining(", "));
    }

    /** The platforms in the index, separated by commas. */
    public String offered() {
        return offered;
    }
}

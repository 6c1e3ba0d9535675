package dev.freshet.proxy.route;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;

/**
 * The name of an image as a user gives it to a proxy, such as {@code docker.io/library/busybox:1.36}. The proxy finds out which
 * upstream it means.
 *
 * @param path registry and repository, or the repository alone
 * @param reference the digest where there is one, or else the tag, {@code latest} if there is none
 */
public record ImageName(String path, Reference reference) {

    /** How to name one, for messages. */
    public static final String EXAMPLE = "name an image such as docker.io/library/busybox:1.36, or with @DIGEST";

    private static final RegistryHost ANY = new RegistryHost("any");

    /**
     * Reads {@code [REGISTRY/]REPOSITORY[:TAG][@DIGEST]}.
     *
     * @throws InvalidNameException if it is anything else
     */
    public static ImageName parse(String text) {
        int at = text.indexOf('@');
        String named = at < 0 ? text : text.substring(0, at);
        int colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        String path = colon < 0 ? named : named.substring(0, colon);
        Tag tag = new Tag(colon < 0 ? "latest" : named.substring(colon + 1));
        int slash = path.indexOf('/');
        boolean hasPort = slash > 0 && path.lastIndexOf(':', slash) >= 0;
        Repository checked = hasPort
                ? new Repository(new RegistryHost(path.substring(0, slash)), path.substring(slash + 1))
                : new Repository(ANY, path);
        return new ImageName(hasPort ? checked.toString() : checked.name(),
                at < 0 ? tag : Digest.parse(text.substring(at + 1)));
    }

    @Override
    public String toString() {
        return path + (reference instanceof Digest ? "@" : ":") + reference;
    }
}

package dev.freshet.cache.name;

/**
 * A manifest's full address, such as {@code docker.io/library/busybox:1.36}.
 *
 * @param repository where it is
 * @param reference which one
 */
public record ImageReference(Repository repository, Reference reference) {

    @Override
    public String toString() {
        return repository + (reference instanceof Digest ? "@" : ":") + reference;
    }
}

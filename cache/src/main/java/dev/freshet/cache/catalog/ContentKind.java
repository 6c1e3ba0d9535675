package dev.freshet.cache.catalog;

/** The two kinds of content a registry serves, each at endpoints of its own; the same digest may be known as both. */
public enum ContentKind {
    /** A manifest or an index. */
    MANIFEST,
    /** A layer, a config or any other blob. */
    BLOB
}

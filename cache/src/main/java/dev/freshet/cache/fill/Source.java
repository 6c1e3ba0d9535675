package dev.freshet.cache.fill;

/** The place that a blob's bytes come from. */
public enum Source {

    /** The store: all of it is there, or was left there by an earlier fill, and the origin is not asked. */
    STORE,
    /** The store as far as an earlier fill has come, and the origin for the rest. */
    STORE_AND_ORIGIN,
    /** The origin. */
    ORIGIN
}

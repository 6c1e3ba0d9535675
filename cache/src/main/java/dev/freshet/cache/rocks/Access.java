package dev.freshet.cache.rocks;

/** What a store is opened for. */
enum Access {
    /** It is made if it is not there, mended if it is damaged, and used. */
    FULL,
    /** Nothing of it is changed. */
    READING
}

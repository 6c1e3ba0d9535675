package dev.freshet.testbed.traffic;

/** What a request to an upstream is for. */
public enum Endpoint {
    PING,
    TOKEN,
    MANIFEST,
    BLOB,
    TAGS,
    REFERRERS,
    /** The storage behind the registry's redirects. */
    STORAGE,
    /** The registry's own access to its storage, not a client's. */
    BACKEND,
    OTHER
}

package dev.freshet.cache.store;

/** The reasons for an eviction. */
public enum EvictionReason {

    /** The cache is full, and it was the coldest. */
    SPACE("space"),
    /** The cache has lost another part of every image that it belongs to. */
    INCOMPLETE_IMAGE("torn-image"),
    /** The disk was full before the limit was reached. */
    DISK_FULL("disk-full");

    private final String label;

    EvictionReason(String label) {
        this.label = label;
    }

    /** The word for it in logs and metrics. */
    public String label() {
        return label;
    }
}

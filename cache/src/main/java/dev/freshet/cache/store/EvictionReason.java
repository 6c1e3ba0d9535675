package dev.freshet.cache.store;

/** Why stored content had to go. */
public enum EvictionReason {

    /** Room was needed within the limit, and it was the least wanted. */
    SPACE("space"),
    /** Another part of every image it belongs to had gone already. */
    TORN_IMAGE("torn-image"),
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

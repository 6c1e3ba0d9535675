package dev.freshet.cache.rocks;

import java.nio.charset.StandardCharsets;

/** The column families: parts of the one database with a keyspace and a tuning each. */
enum Family {

    /** Numbers the store keeps about itself. RocksDB insists on this family and its name. */
    DEFAULT("default"),
    /** The bytes of blobs. */
    CHUNKS("chunks"),
    /** Fills whose chunks belong to no commit record. */
    FILLS("fills"),
    /** Commit records. */
    BLOBS("blobs"),
    /** What tags mean. */
    TAGS("tags"),
    /** Which repository holds what. */
    LINKS("links");

    private final String title;

    Family(String title) {
        this.title = title;
    }

    byte[] nameInBytes() {
        return title.getBytes(StandardCharsets.US_ASCII);
    }
}

package dev.freshet.cache.rocks;

/**
 * How large content is cut up.
 *
 * @param chunkSize bytes of a chunk: what is read and verified at once
 * @param segmentSize bytes of a segment, whole chunks: what is made durable at once
 */
record Geometry(int chunkSize, long segmentSize) {

    /** As `docs/decisions/0009` has measured. */
    static final Geometry STANDARD = new Geometry(64 << 10, 32 << 20);
}

package dev.freshet.cache.rocks;

/**
 * The sizes of chunks and segments.
 *
 * @param chunkSize bytes of a chunk: the unit of reads and checksums
 * @param segmentSize bytes of a segment, whole chunks: the unit of durability
 */
record Geometry(int chunkSize, long segmentSize) {

    /** As `docs/decisions/0009` has measured. */
    static final Geometry STANDARD = new Geometry(64 << 10, 32 << 20);
}

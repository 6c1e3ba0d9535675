package eviction;

/** A manifest, config or layer. */
record Part(int id, long bytes) {

    static final long MIB = 1L << 20;
}

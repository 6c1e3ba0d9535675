package dev.freshet.cache.memory;

/**
 * The identity of a chunk.
 *
 * @param fill the number of its fill
 * @param chunk its place there, from 0
 */
record ChunkKey(long fill, long chunk) {

    @Override
    public int hashCode() {
        return Long.hashCode((fill << 20 ^ chunk) * 0x9E3779B97F4A7C15L);
    }
}

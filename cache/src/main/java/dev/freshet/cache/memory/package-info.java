/**
 * Bounded off-heap memory for chunks: {@link dev.freshet.cache.memory.ChunkMemory} lends {@link dev.freshet.cache.memory.Slot}s
 * to writers, lets any thread read them under the number of a fill and a chunk, and keeps chunks that are on disk until a writer
 * needs their memory.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.memory;

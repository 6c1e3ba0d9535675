/**
 * Off-heap memory for chunks, bounded whatever happens: {@link dev.freshet.cache.memory.ChunkMemory} lends {@link
 * dev.freshet.cache.memory.Slot}s to writers, lets everybody read from them under the number of a fill and a chunk, and
 * keeps what is on disk already for as long as nobody needs its memory.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.memory;

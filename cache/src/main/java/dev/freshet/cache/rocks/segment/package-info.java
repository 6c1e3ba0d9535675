/**
 * The bytes of blobs: {@link dev.freshet.cache.rocks.segment.Segments} makes and deletes table files, {@link
 * dev.freshet.cache.rocks.segment.ChunkReader} reads chunks, {@link dev.freshet.cache.rocks.segment.PartialBlobs} keeps what
 * interrupted fills have left, and {@link dev.freshet.cache.rocks.segment.GarbageCollector} frees chunks without a
 * reference.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.rocks.segment;

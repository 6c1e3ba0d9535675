/**
 * The seam to storage: {@link dev.freshet.cache.storage.Storage} is a blob store and a catalog. The proxy and its commands
 * know no other type of a storage; {@link dev.freshet.cache.LocalStorage} opens the one on the local disk.
 *
 * <p>A second, remote tier implements the same interface around a local one. Its {@code blobs().open} asks the local tier
 * first, then the remote one; {@code begin} writes to the local tier, and {@code commit} of that writer hands the verified
 * content on to the remote tier. The interface asks for nothing that only a local disk can do: content is immutable and
 * addressed by digest; a reader asks for bytes at a position and may get fewer; {@link
 * dev.freshet.cache.store.BlobWriter#present()} may be empty where partial content cannot be kept; and every call may fail
 * with {@link dev.freshet.cache.store.StoreException}, which callers treat as a miss. Native handles, segments and numbers
 * never appear in it.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.storage;

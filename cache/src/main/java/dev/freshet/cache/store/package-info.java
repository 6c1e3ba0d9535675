/**
 * The seam to what keeps bytes: {@link dev.freshet.cache.store.BlobStore} finds content by its digest and takes new
 * content in through a {@link dev.freshet.cache.store.BlobWriter}, which no other reader finds until it is committed.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.store;

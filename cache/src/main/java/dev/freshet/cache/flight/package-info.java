/**
 * Downloads in progress. {@link dev.freshet.cache.flight.ContentCache} answers for a digest with stored content, with a
 * running {@linkplain dev.freshet.cache.flight.Flight flight} joined, or with a new flight begun; all three are read as
 * {@link dev.freshet.cache.flight.Content}.
 *
 * <p>The way of the bytes: {@link dev.freshet.cache.flight.BlobOrigin} opens a {@link
 * dev.freshet.cache.flight.Transfer}; the flight hashes what it reads, appends it to a {@link
 * dev.freshet.cache.store.BlobWriter}, publishes the new length, and wakes the readers that wait for it. It commits when
 * the digest is right, and only then are the last bytes published.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.flight;

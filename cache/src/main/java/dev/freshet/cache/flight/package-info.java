/**
 * Downloads in progress. {@link dev.freshet.cache.flight.ContentCache} answers for a digest with stored content, with a
 * running {@linkplain dev.freshet.cache.flight.Flight flight} joined, or with a new flight begun; all three are read as
 * {@link dev.freshet.cache.flight.Content}.
 *
 * <p>The way of the bytes: the flight's {@linkplain dev.freshet.cache.flight.Fill fill} takes up what the store still has
 * of an earlier one, {@link dev.freshet.cache.flight.BlobOrigin} opens a {@link dev.freshet.cache.flight.Transfer} for the
 * rest; the fill hashes what it reads, loads it into the {@linkplain dev.freshet.cache.flight.Cargo cargo}, publishes the new
 * length on the {@linkplain dev.freshet.cache.flight.FlightBoard board}, and wakes the readers that wait for it. The cargo
 * is a {@link dev.freshet.cache.store.BlobWriter}, and behind it, where the store takes no more, a {@linkplain
 * dev.freshet.cache.flight.Window window} in memory. It commits when the digest is right, and only then are the last bytes
 * published.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.flight;

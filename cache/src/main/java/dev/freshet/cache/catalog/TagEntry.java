package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import java.time.Instant;

/**
 * The meaning of a tag, or the answer to a {@link Question}.
 *
 * @param digest the manifest, or the list
 * @param confirmedAt when the registry last said so, to the millisecond
 */
public record TagEntry(Digest digest, Instant confirmedAt) {}

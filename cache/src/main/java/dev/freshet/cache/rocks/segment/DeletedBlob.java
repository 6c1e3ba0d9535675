package dev.freshet.cache.rocks.segment;

import dev.freshet.cache.rocks.db.Family;

/**
 * The chunks of a blob that no record names any more.
 *
 * @param family where they are
 * @param number the number they are under
 * @param diskBytes bytes that go back to the quota when they are freed
 */
public record DeletedBlob(Family family, long number, long diskBytes) {}

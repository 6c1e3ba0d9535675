package dev.freshet.cache.rocks;

/**
 * Chunks that nobody will ask for again.
 *
 * @param family where they are
 * @param number the number they are under
 * @param diskBytes what goes back to the quota when they are gone
 */
record DeletedBlob(Family family, long number, long diskBytes) {}

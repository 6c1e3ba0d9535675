/**
 * The repair of a damaged store: {@link dev.freshet.cache.rocks.repair.DatabaseRecovery} opens a database without what
 * cannot be read, {@link dev.freshet.cache.rocks.repair.CorruptionScan} finds damage that only compactions meet, and {@link
 * dev.freshet.cache.rocks.repair.FileCheck} notices files that were deleted under an open store.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.rocks.repair;

/**
 * The entries of the index: {@link dev.freshet.cache.rocks.catalog.CommitRecords} make blobs exist, {@link
 * dev.freshet.cache.rocks.catalog.RocksCatalog} keeps the facts of registries, and {@link
 * dev.freshet.cache.rocks.catalog.IndexSweep} removes facts about content that has gone.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.rocks.catalog;

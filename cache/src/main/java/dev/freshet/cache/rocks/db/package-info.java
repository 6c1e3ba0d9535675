/**
 * RocksDB behind Java types: {@link dev.freshet.cache.rocks.db.Database} makes every native call, behind a gate that is
 * shut before the handles are closed, and turns errors into {@link dev.freshet.cache.store.StoreException}.
 * {@link dev.freshet.cache.rocks.db.ReopenableDatabase} closes and opens it again after an error, {@link
 * dev.freshet.cache.rocks.db.Family} lists the column families, {@link dev.freshet.cache.rocks.db.Keys} makes their keys.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.rocks.db;

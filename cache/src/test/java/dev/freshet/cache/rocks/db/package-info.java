/** The contracts run on RocksDB, and what only a store on disk can suffer: crashes, damage, a second process. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.rocks.db;

/** The door to the cache's storage: {@link dev.freshet.cache.LocalStorage} opens it. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache;

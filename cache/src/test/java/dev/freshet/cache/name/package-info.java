/** Grammars and bounds of names. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.name;

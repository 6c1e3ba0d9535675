@org.jspecify.annotations.NullMarked
package dev.freshet.cache.memory;

/** The vocabulary of container registries: values that are checked when they are made and cannot hold nonsense. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.name;

/** The option tree as records. */
@org.jspecify.annotations.NullMarked
package dev.freshet.config;

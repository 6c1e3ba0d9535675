/** The values that options take: sizes, durations, addresses and secrets, read from text and checked when made. */
@org.jspecify.annotations.NullMarked
package dev.freshet.config.unit;

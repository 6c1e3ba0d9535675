/** What {@code README.md} says, tried out: its commands, their output, its configuration, its snippets and its links. */
@org.jspecify.annotations.NullMarked
package dev.freshet.readme;

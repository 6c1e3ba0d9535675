/** The rules of {@code DESIGN.md} that the compiler does not know, over the main classes of all modules. */
@org.jspecify.annotations.NullMarked
package dev.freshet.rules;

/** The commands. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.cli;

/** The commands, run in this process. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.cli;

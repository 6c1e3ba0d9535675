/** The commands, their options and exit codes: 0 good, 1 failed, 2 wrong use or configuration. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.cli;

/** Tests of the log's way to standard output. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.log;

/** The way of log events to standard output, which never holds up a request. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.log;

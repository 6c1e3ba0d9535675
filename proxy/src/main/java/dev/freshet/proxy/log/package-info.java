/** The log output, which never blocks a request. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.log;

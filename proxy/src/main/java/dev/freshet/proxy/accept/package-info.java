/** The media types that clients take. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.accept;

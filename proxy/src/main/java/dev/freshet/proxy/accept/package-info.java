/** What media types clients take. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.accept;

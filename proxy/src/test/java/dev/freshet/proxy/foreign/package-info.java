/** Foreign layers, from a client's request to the URLs of a manifest and back. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.foreign;

/** The running proxy: {@link dev.freshet.proxy.Freshet} wires all parts by hand. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy;

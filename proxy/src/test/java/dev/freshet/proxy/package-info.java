/** Tests of what starts a proxy. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy;

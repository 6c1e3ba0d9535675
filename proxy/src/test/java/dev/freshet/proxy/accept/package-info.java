@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.accept;

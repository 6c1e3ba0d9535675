/** Freshet itself: everything wired together by hand, in one place. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy;

/**
 * A whole Freshet in the test's own process, before a fake registry: started from options, asked by a client that says
 * whether a body was cut, and checked after every test for what it left behind.
 */
@NullMarked
package dev.freshet.testbed.proxy;

import org.jspecify.annotations.NullMarked;

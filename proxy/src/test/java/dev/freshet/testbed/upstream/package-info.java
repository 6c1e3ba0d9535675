/** The upstreams of the end-to-end tests under one interface: one of our own making, and one that nobody here wrote. */
@NullMarked
package dev.freshet.testbed.upstream;

import org.jspecify.annotations.NullMarked;

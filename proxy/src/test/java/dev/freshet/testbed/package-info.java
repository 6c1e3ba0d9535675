/**
 * The testbed: upstream registries that misbehave on request, real registries and real clients as child processes, and
 * images made on the spot. Nothing in here knows the proxy's classes, so that all of it can be tried without the proxy.
 */
@NullMarked
package dev.freshet.testbed;

import org.jspecify.annotations.NullMarked;

/** The whole of it: real clients, the runnable jar as a process, and upstreams whose URLs die young. */
@NullMarked
package dev.freshet.testbed.e2e;

import org.jspecify.annotations.NullMarked;

/** Child processes: found, started with private state, watched, and ended by their own process id. */
@NullMarked
package dev.freshet.testbed.process;

import org.jspecify.annotations.NullMarked;

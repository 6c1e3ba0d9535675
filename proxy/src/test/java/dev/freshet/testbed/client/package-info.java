/** Real clients, each with state of its own that is thrown away, and the proxy as a process. */
@NullMarked
package dev.freshet.testbed.client;

import org.jspecify.annotations.NullMarked;

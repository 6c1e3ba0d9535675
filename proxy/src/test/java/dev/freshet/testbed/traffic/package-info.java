/** What the servers of the testbed saw: counted, printable, and awaitable. */
@NullMarked
package dev.freshet.testbed.traffic;

import org.jspecify.annotations.NullMarked;

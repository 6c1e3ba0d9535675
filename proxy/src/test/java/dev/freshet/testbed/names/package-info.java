/** Names that resolve or do not, as tests say. */
@NullMarked
package dev.freshet.testbed.names;

import org.jspecify.annotations.NullMarked;

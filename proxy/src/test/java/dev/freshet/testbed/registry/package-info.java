/** {@link FakeRegistry}: an upstream in this process, whose every habit is a setting and whose every fault is data. */
@NullMarked
package dev.freshet.testbed.registry;

import org.jspecify.annotations.NullMarked;

/** What Freshet survives: each test is a stimulus and the required outcome, against a whole proxy in this process. */
@NullMarked
package dev.freshet.proxy.faults;

import org.jspecify.annotations.NullMarked;

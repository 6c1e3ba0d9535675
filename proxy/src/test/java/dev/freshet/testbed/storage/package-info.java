/** Storage behind a registry that takes URLs signed as for S3, and refuses as S3 does what is wrong or too old. */
@NullMarked
package dev.freshet.testbed.storage;

import org.jspecify.annotations.NullMarked;

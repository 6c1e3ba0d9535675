/**
 * The seam to what is known about content: which tag meant which digest when, which repository holds what, what else
 * registries have answered, and which URLs have what repositories do not hold.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.catalog;

/** The seam to what is known about content: which tag meant which digest when, and which repository holds what. */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.catalog;

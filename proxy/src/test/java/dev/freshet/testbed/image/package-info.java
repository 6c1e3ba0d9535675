/** Images made on the spot: layers of known content, configurations, manifests of both families, indexes. */
@NullMarked
package dev.freshet.testbed.image;

import org.jspecify.annotations.NullMarked;

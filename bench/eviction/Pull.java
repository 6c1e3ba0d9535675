package eviction;

import java.util.List;

/**
 * A pull of an image.
 *
 * @param scan whether it is the scanner's, which counts for nothing
 */
record Pull(List<Part> parts, boolean scan) {}

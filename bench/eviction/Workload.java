package eviction;

/**
 * What is replayed.
 *
 * @param rebuilt of a hundred pulls, how many are the first of a new build
 * @param scanned images in the catalogue that the scanner reads
 * @param pieces requests in which the scanner reads each part
 */
record Workload(String name, int rebuilt, int scanned, int pieces) {}

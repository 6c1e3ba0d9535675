/**
 * Storage in RocksDB; nothing else in Freshet touches native code. A store's directory holds the file {@code FORMAT}, with
 * the version of what follows, and one database in {@code rocks}.
 *
 * <p>Content is cut into chunks under a <em>fill</em> number, fresh for every writer, so that writers never meet and what
 * one leaves behind is one range of keys. It exists from the moment its commit record is put. The keyspace, by column
 * family, numbers being big-endian:
 *
 * <table>
 * <caption>An image with one layer of 100,000 bytes, pulled, and another one on its way</caption>
 * <tr><th>family</th><th>key</th><th>value</th></tr>
 * <tr><td>{@code default}</td><td>{@code next fill}</td><td>no number from here on was given: {@code 1025}</td></tr>
 * <tr><td>{@code chunks}</td><td>fill (8), chunk (4): {@code 7 0}</td><td>65,536 bytes</td></tr>
 * <tr><td>{@code chunks}</td><td>{@code 7 1}</td><td>34,464 bytes</td></tr>
 * <tr><td>{@code chunks}</td><td>{@code 8 0}</td><td>65,536 bytes</td></tr>
 * <tr><td>{@code fills}</td><td>fill (8): {@code 8}</td><td>empty: there is no record of it, so it is swept at open</td>
 * </tr>
 * <tr><td>{@code blobs}</td><td>algorithm (1: sha256, 2: sha512), hash (32 or 64): {@code 1 a3ed95...}</td>
 * <td>version (1), fill (8), chunk size (4), length (8): {@code 1 7 65536 100000}</td></tr>
 * <tr><td>{@code tags}</td><td>{@code docker.io\0library/busybox\0}{@code 1.36}</td>
 * <td>version (1), milliseconds since 1970 (8), digest as in {@code blobs}</td></tr>
 * <tr><td>{@code links}</td><td>{@code docker.io\0library/busybox\0}, {@code m} for a manifest or {@code b} for a blob,
 * digest as in {@code blobs}</td><td>version (1), size (8; -1: unknown), media type</td></tr>
 * </table>
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.rocks;

/**
 * Storage in RocksDB; no other package of Freshet touches native code. {@link dev.freshet.cache.rocks.RocksStorage} puts the
 * parts together, opens and closes them. Below it, each using only those behind it: {@code segment} (bytes) and {@code
 * repair}, {@code catalog} (the entries of the index), {@code db} (the databases).
 *
 * <p>A store's directory holds the file {@code FORMAT} with the version of the rest; the database {@code index}, with
 * facts and records; the database {@code bulk}, with the bytes of small blobs; {@code segments}, the table files with the
 * bytes of large ones, which belong to {@code bulk} too; and {@code staging}, where segments are made.
 *
 * <p>The way in: a {@link dev.freshet.cache.rocks.RocksBlobWriter} collects chunks in {@link
 * dev.freshet.cache.memory.ChunkMemory}, where readers find them, from any place of the blob and at several at once. Chunks
 * that come to a segment without a gap go to a {@link dev.freshet.cache.rocks.SegmentSealer}, which gets the room for them
 * from the {@link dev.freshet.cache.rocks.Evictor}. {@link dev.freshet.cache.rocks.catalog.IndexSweep} removes facts about
 * evicted content later.
 *
 * <p><em>The order of writes</em>, which all classes here keep, so that a crash at any time leaves chunks without a record
 * and never a record without chunks:
 *
 * <ol>
 * <li>Open: lock, {@code FORMAT}, index, staging emptied, bulk; then partial blobs are taken over, and the scan of the rest
 * runs while the store serves already.</li>
 * <li>A range of numbers is reserved, synced, before one of them is given ({@link
 * dev.freshet.cache.rocks.segment.FillNumbers}).</li>
 * <li>The quota is charged before a segment is written ({@link dev.freshet.cache.rocks.Evictor}).</li>
 * <li>A segment is written and synced in staging, then ingested, which syncs the list of files ({@link
 * dev.freshet.cache.rocks.segment.Segments}); only then the index notes that it is there, and its memory may be reused.</li>
 * <li>The commit record is put after the last chunk, in one batch with the removal of that note ({@link
 * dev.freshet.cache.rocks.catalog.CommitRecords}).</li>
 * <li>A removal is the reverse: the record, in one batch with the note that its chunks are deleted; the eviction order;
 * the last reader; the chunks; the note; the quota ({@link dev.freshet.cache.rocks.segment.GarbageCollector}).</li>
 * <li>{@link dev.freshet.cache.rocks.StartupScan} continues or frees at the next open what a crash has left between two of
 * these.</li>
 * </ol>
 *
 * <p>Damage costs the content of the damaged files: {@link dev.freshet.cache.rocks.repair.DatabaseRecovery} opens a database
 * without it, at the start or when a call has met it. A segment describes itself, so {@link
 * dev.freshet.cache.rocks.repair.OrphanFiles} are ingested again when the list of them is lost; a commit record stands at
 * two places of the index, and {@link dev.freshet.cache.rocks.repair.IndexRepair} copies it from one to the other.
 *
 * <p>Chunks are kept under a <em>number</em> that is never used again, so that writers never meet and what one leaves
 * behind is one range of keys. The keyspace, by database and column family, numbers being big-endian:
 *
 * <table>
 * <caption>An image with a manifest of 1,000 bytes and a layer of 40,000,000, and another layer on its way</caption>
 * <tr><th>family</th><th>key</th><th>value</th></tr>
 * <tr><td>bulk {@code default}</td><td>number (8), chunk (4): {@code 7 0} to {@code 7 610}</td>
 * <td>65,536 bytes, the last one 23,040; in two files in {@code segments}</td></tr>
 * <tr><td>bulk {@code small}</td><td>{@code 8 0}</td><td>1,000 bytes</td></tr>
 * <tr><td>index {@code default}</td><td>{@code next number}</td><td>no number from here on was given: {@code 4097}</td>
 * </tr>
 * <tr><td>index {@code default}</td><td>{@code order }, {@code g} for large or {@code s} for small, note (4)</td>
 * <td>4,096 times number (8), bytes (8), uses (4): the eviction order, the coldest first</td></tr>
 * <tr><td>index {@code blobs}</td><td>algorithm (1: sha256, 2: sha512), hash (32 or 64): {@code 1 a3ed95...}</td>
 * <td>version (2), {@code g} or {@code s}, number (8), chunk size (4), length (8), bytes on disk (8)</td></tr>
 * <tr><td>index {@code owners}</td><td>number (8): {@code 7}</td><td>as in {@code blobs}, then the digest</td></tr>
 * <tr><td>index {@code loose}</td><td>number (8): {@code 9}</td><td>{@code q}, chunk size (4), bytes on disk (8),
 * digest, and from where (8) to where (8) bytes are there, run by run: a fill that is not finished; or, before there were
 * gaps, {@code p}, chunk size (4), chunks (8), bytes on disk (8), digest; or {@code d}, {@code g} or {@code s}: to be
 * freed</td></tr>
 * <tr><td>index {@code tags}</td><td>{@code docker.io\0library/busybox\0}{@code 1.36}</td>
 * <td>version (1), milliseconds since 1970 (8), digest</td></tr>
 * <tr><td>index {@code tags}</td><td>{@code docker.io\0library/busybox\0/t}; {@code /r} and the digest of a subject;
 * {@code /a}, a tag, a zero byte and the sha256 of the media types that are taken</td><td>as of a tag: the digest of the
 * list of tags, of the list of referrers, or of the manifest for a client that accepts only these types</td></tr>
 * <tr><td>index {@code links}</td><td>{@code docker.io\0library/busybox\0}, {@code m} for a manifest or {@code b} for a
 * blob, digest</td><td>version (1), size (8; -1: unknown), media type</td></tr>
 * <tr><td>index {@code links}</td><td>{@code mcr.microsoft.com\0windows/nanoserver\0}, {@code f}, digest of a blob, digest of
 * the manifest that lists it with URLs</td><td>version (1), size (8), length (4) and text of the media type and of each
 * URL</td></tr>
 * <tr><td>index {@code links}</td><td>{@code mcr.microsoft.com\0\0}, {@code u}, digest of a blob, sha256 of a URL that has
 * delivered it</td><td>version (1)</td></tr>
 * <tr><td>index {@code parts}</td><td>digest of a manifest</td><td>digests of its config and layers</td></tr>
 * <tr><td>index {@code wholes}</td><td>digest of a config or layer, digest of a manifest</td><td>empty</td></tr>
 * </table>
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.rocks;

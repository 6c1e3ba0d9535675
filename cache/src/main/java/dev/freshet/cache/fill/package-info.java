/**
 * Downloads in progress. {@link dev.freshet.cache.fill.ContentCache} answers for a digest with stored content, with a
 * running {@linkplain dev.freshet.cache.fill.Fill fill} joined, or with a new fill begun; all three are read as
 * {@link dev.freshet.cache.fill.Content}. Readers want the whole, or parts, which they name.
 *
 * <p>A fill outlives the client that began it. One that was begun ahead of any client, and that none has ever joined, can
 * be abandoned.
 *
 * <p>What a fill has is a set of bytes, on the {@linkplain dev.freshet.cache.fill.FillBoard board}. Readers of parts
 * see all of it; readers of the whole see what is there from the first byte on, and the last byte only when the digest is
 * right. The bytes are in the {@linkplain dev.freshet.cache.fill.FillBuffer buffer}: a {@link
 * dev.freshet.cache.store.BlobWriter}, and behind it, where the store takes no more, a {@linkplain
 * dev.freshet.cache.fill.RingBuffer window} in memory.
 *
 * <p>The way in: a {@linkplain dev.freshet.cache.fill.FillRun run}, on the fill's own thread, takes up what the store
 * still has of an earlier fill. {@link dev.freshet.cache.fill.RangeFill} brings what readers of parts wait for, until
 * somebody {@linkplain dev.freshet.cache.fill.Demand wants} everything; then {@link
 * dev.freshet.cache.fill.WholeFill} goes along the <em>front</em>, behind which
 * everything is hashed, and commits when the digest is right. {@link dev.freshet.cache.fill.ParallelConnections} bring more beside
 * it. All of them claim {@linkplain dev.freshet.cache.fill.RangeTask stretches} from the fill's {@linkplain
 * dev.freshet.cache.fill.RangeScheduler scheduler}, so that nothing is asked for twice, and open a {@link
 * dev.freshet.cache.fill.Transfer} of each from the {@link dev.freshet.cache.fill.BlobOrigin}:
 *
 * <pre>
 *          hashed             being hashed   on their way, each by one connection     a part that somebody waits for
 * |#########################|####.........|######..........|##############|####....|            |###..|
 * 0                         front                                  front + ahead
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.fill;

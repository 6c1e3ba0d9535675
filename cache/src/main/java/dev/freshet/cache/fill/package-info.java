/**
 * Blobs on their way. {@link dev.freshet.cache.fill.ContentCache} answers for a digest with stored content, with a running
 * {@linkplain dev.freshet.cache.fill.Fill fill} joined, or with a new fill started; all three are read as {@link
 * dev.freshet.cache.fill.Content}. Readers want the whole, or ranges, which they name.
 *
 * <p>A fill outlives the client that began it. A fill that was begun ahead of any client, and that no client has joined, can be
 * abandoned.
 *
 * <p>{@link dev.freshet.cache.fill.Fill} owns the thread. All that the thread, its {@linkplain
 * dev.freshet.cache.fill.ParallelConnections further connections} and the {@linkplain dev.freshet.cache.fill.FillReader
 * readers} share is plain data behind one lock, in the {@link dev.freshet.cache.fill.FillMonitor}: the {@link
 * dev.freshet.cache.fill.FillState}, and in it the {@link dev.freshet.cache.fill.RangeScheduler}. A fill goes through these
 * phases; {@link dev.freshet.cache.fill.FillState.Phase} is the table:
 *
 * <pre>
 *   OPENING -> RANGES, WHOLE, ENDED
 *   RANGES -> WHOLE, PASSING_THROUGH, ENDED
 *   WHOLE -> PASSING_THROUGH, VERIFIED, ENDED
 *   PASSING_THROUGH -> VERIFIED, ENDED
 *   VERIFIED -> ENDED
 *
 *              +----------> WHOLE ------------------------+
 *              |            ^   |                         v
 *   OPENING ---+            |   +-> PASSING_THROUGH --> VERIFIED --> ENDED
 *              |            |        ^                    (ENDED follows every phase)
 *              +--> RANGES -+--------+
 * </pre>
 *
 * <p>A fill ends once. The first end that is decided, by the thread or by another, counts, and the state hands it out once, to
 * the caller that concludes the fill with it: it takes the fill out of the cache, tells the listener, and then the readers.
 *
 * <p>In {@code RANGES}, {@link dev.freshet.cache.fill.RangeFill} brings the ranges that readers wait for. In {@code WHOLE},
 * {@link dev.freshet.cache.fill.WholeFill} goes along the <em>front</em>, behind which everything is hashed, and commits when
 * the digest is right. Both claim {@linkplain dev.freshet.cache.fill.RangeTask tasks} from the scheduler, so that nothing is
 * asked for twice, and open a {@link dev.freshet.cache.fill.Transfer} of each from the {@link
 * dev.freshet.cache.fill.BlobOrigin}:
 *
 * <pre>
 *          hashed             being hashed   on their way, each by one connection     a range that a reader waits for
 * |#########################|####.........|######..........|##############|####....|            |###..|
 * 0                         front                                  front + ahead
 * </pre>
 *
 * <p>The bytes are in the {@link dev.freshet.cache.fill.FillBuffer}: a {@link dev.freshet.cache.store.BlobWriter}, and behind
 * it, where the store takes no more and the fill is {@code PASSING_THROUGH}, a {@linkplain dev.freshet.cache.fill.RingBuffer
 * ring} in memory. Readers of ranges see all that is present; readers of the whole see what is present without a gap from the
 * first byte on, and the last byte only when the digest is right.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.cache.fill;

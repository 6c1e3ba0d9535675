package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreFullException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a fill, where its readers find them: in a {@link BlobWriter}, at any position and for as long as readers like;
 * and from where the store takes no more, in a {@link RingBuffer}, through which they pass.
 *
 * <p>The fill's own threads change it, and readers read the writer at the same time without a lock. The ring is used under the
 * lock of {@link FillMonitor} alone.
 */
final class FillBuffer {

    private volatile @Nullable BlobWriter writer;
    private volatile @Nullable RingBuffer ring;
    private volatile @Nullable StoreException refusal;
    private volatile int alignment = 1;

    /**
     * Takes up what an earlier fill has left, unless it is more than there should be, or is not to be shared.
     *
     * @param isSparse whether ranges will come in any order; if not, and nothing is left, there is no writer yet
     * @param isScoped whether the fill takes up nothing that others have left
     * @return what is present
     */
    ByteRanges open(BlobStore store, Digest digest, OptionalLong length, boolean isSparse, boolean isScoped) {
        if (isScoped && !isSparse) {
            return new ByteRanges();
        }
        try {
            BlobWriter found = isSparse ? store.beginSparse(digest, length) : store.begin(digest, OptionalLong.empty());
            load(found);
            ByteRanges left = found.present();
            boolean isOurs = !isScoped || left.runs() == 0;
            boolean fits = isOurs && left.end() <= length.orElse(ByteRange.END);
            if (fits && (isSparse || left.runs() > 0)) {
                return left;
            }
            unload();
            if (isSparse) {
                load(store.beginSparse(digest, length));
            }
        } catch (StoreException e) {
            if (isSparse) {
                refuse(e);
            }
        }
        return new ByteRanges();
    }

    /** Bytes go into the store through this writer, which is closed in the end; what is in it already can be read. */
    void load(BlobWriter into) {
        alignment = into.alignment();
        writer = into;
        refusal = null;
    }

    /** Gives up the writer, of which no reader has read anything. */
    void unload() {
        BlobWriter unwanted = writer;
        if (unwanted != null) {
            unwanted.discard();
            unwanted.close();
            writer = null;
        }
    }

    /** Whether there is no writer. */
    boolean isEmpty() {
        return writer == null;
    }

    /** Tasks begin at multiples of so many bytes. */
    int alignment() {
        return alignment;
    }

    /** The store takes nothing more; what follows from that is decided later. */
    void refuse(StoreException why) {
        refusal = why;
    }

    /** Why the bytes, or some of them, are not stored; null as long as they are. */
    @Nullable
    StoreException refusal() {
        return refusal;
    }

    /** Lets the bytes that come pass through memory; those before them stay in the writer. */
    void passThrough(StoreException why, RingBuffer through) {
        refusal = why;
        ring = through;
    }

    /** Where bytes pass through memory; null as long as they do not. */
    @Nullable
    RingBuffer ring() {
        return ring;
    }

    /** Whether a reader that comes now can begin at byte 0. */
    boolean hasStart() {
        RingBuffer through = ring;
        return through == null || !through.hasMoved();
    }

    /** Takes all the source's bytes into the store, or none from where it takes no more. */
    void store(RangeTask task, ByteBuffer source) throws StoreException {
        BlobWriter into = writer;
        if (into == null || ring != null) {
            throw new StoreException("append failed: the store takes nothing more of it");
        }
        task.append(into, source);
    }

    /** Copies bytes that were stored; at least one where there is one and the buffer has room. */
    int read(long position, ByteBuffer destination) throws StoreException {
        BlobWriter source = writer;
        if (source == null) {
            throw new IllegalStateException("read after close");
        }
        RingBuffer through = ring;
        if (through == null || through.first() - position >= destination.remaining()) {
            return source.read(position, destination);
        }
        int limit = destination.limit();
        destination.limit(destination.position() + (int) (through.first() - position));
        try {
            return source.read(position, destination);
        } finally {
            destination.limit(limit);
        }
    }

    /** Lets no later fill begin with these bytes. */
    void discard() {
        BlobWriter wrong = writer;
        if (wrong != null) {
            wrong.discard();
        }
    }

    /** Discards what does not fit: a later fill would not get further with it, and others need the room. */
    void discardIfFull(StoreException failure) {
        if (failure instanceof StoreFullException) {
            discard();
        }
    }

    /** Sees that what has come is there for the next fill. */
    void keep() {
        BlobWriter unfinished = writer;
        if (unfinished != null && ring == null) {
            unfinished.keep();
        }
    }

    /** Stores the bytes, if all were taken; what has kept them from it is the {@link #refusal()}. */
    void commit() {
        BlobWriter whole = writer;
        if (whole != null && ring == null) {
            try {
                whole.commit().close();
            } catch (StoreException e) {
                discardIfFull(e);
                refusal = e;
            }
        }
    }

    /** Lets go of the bytes. */
    void close() {
        BlobWriter open = writer;
        if (open != null) {
            open.close();
            writer = null;
        }
        ring = null;
    }
}

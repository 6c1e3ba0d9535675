package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A store of content by digest. Content exists from the moment its commit record is written, whole or not at all. Content
 * that was begun and never committed, by a failure or a crash, is not found; the next writer of that digest may go on from
 * it.
 *
 * <p>A store has a limit on what it takes of the disk. To stay within it, it evicts content without open readers or writers.
 *
 * <p>The store believes the digest it is told; its caller has verified it. All methods may be called by any thread.
 * After {@link #close()} every call, also on blobs and writers handed out before, fails with {@link StoreException} and
 * never harms the process.
 */
public interface BlobStore extends AutoCloseable {

    /**
     * Opens content for reading; empty when there is none. The caller closes the blob, and may read it until then even
     * when it is removed meanwhile.
     */
    Optional<StoredBlob> open(Digest digest) throws StoreException;

    /** As {@link #open}, for a look at content that is not served: it does not count as a use. */
    Optional<StoredBlob> inspect(Digest digest) throws StoreException;

    /**
     * Begins to take content in. Several writers may work on one digest; each commits for itself, and the first commit
     * stays. A writer may begin with bytes that one before it has left, which are as unverified as they were:
     * {@link BlobWriter#present()} says which.
     *
     * @param expectedLength bytes, for which room is made at once; a hint that is not checked; empty when unknown
     * @throws StoreFullException if no room can be made, or it would not even fit into an empty store
     */
    BlobWriter begin(Digest digest, OptionalLong expectedLength) throws StoreException;

    /**
     * As {@link #begin}, for content of which perhaps only some will come: room is made for that alone, when it comes, so
     * {@link StoreFullException} may come from an append.
     *
     * @param length bytes of the whole content, of which none may be appended behind its end, and without all of which there
     *     is no commit; empty when unknown
     */
    BlobWriter beginSparse(Digest digest, OptionalLong length) throws StoreException;

    /**
     * Begins to take content in from its first byte, and discards what a writer before has left.
     *
     * @throws StoreFullException as {@link #begin}
     */
    default BlobWriter beginAnew(Digest digest, OptionalLong expectedLength) throws StoreException {
        BlobWriter found = begin(digest, expectedLength);
        if (found.present().runs() == 0) {
            return found;
        }
        found.discard();
        found.close();
        BlobWriter anew = begin(digest, expectedLength);
        if (anew.present().runs() > 0) {
            anew.close();
            throw new StoreException("begin of " + digest + " failed: other writers keep leaving some of it");
        }
        return anew;
    }

    /**
     * How many bytes are left of content that no writer has brought to its end, for the next one to begin with; 0 also while
     * that one goes on with them. Asking does not count as a use.
     */
    long unfinished(Digest digest) throws StoreException;

    /** Removes content; nothing happens when there is none. Its space is free when its last reader has closed it. */
    void remove(Digest digest) throws StoreException;

    /**
     * Counts contents as used, as an open would: they belong to something that was asked for. Never waits for the disk to
     * be written.
     *
     * @return those that are not stored
     */
    Set<Digest> touch(Set<Digest> digests) throws StoreException;

    /** Visits every digest that is committed, in no order, while other calls go on. */
    void forEach(Consumer<Digest> visitor) throws StoreException;

    /** What is committed now. */
    StoreUsage usage() throws StoreException;

    /** What is taken of the disk now, and how much may be; it can be asked at any time, also after {@link #close()}. */
    StoreSpace space();

    /** Waits for calls under way, then lets go of everything; a second call does nothing. */
    @Override
    void close();
}

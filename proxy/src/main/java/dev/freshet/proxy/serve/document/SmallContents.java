package dev.freshet.proxy.serve.document;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Content of a few MiB at most in the store, read and kept as a whole. A failure of the store counts as absence. Content that is
 * read has its digest: neither the length nor the bytes that the store gives are trusted.
 */
public final class SmallContents {

    /** Longer content is not looked at, in bytes: manifests and lists have 4 MiB at most, lists as they are kept a little more. */
    private static final int MOST = 16 * 1024 * 1024;

    private final BlobStore blobs;
    private final Consumer<Event> events;

    public SmallContents(BlobStore blobs, Consumer<Event> events) {
        this.blobs = blobs;
        this.events = events;
    }

    /** Keeps content whose digest was verified; says whether it is kept. */
    boolean keep(Digest digest, byte[] body) {
        if (body.length > MOST) {
            return false;
        }
        try (BlobWriter writer = blobs.beginAnew(digest, OptionalLong.of(body.length))) {
            writer.append(ByteBuffer.wrap(body));
            writer.commit().close();
            return true;
        } catch (StoreException e) {
            events.accept(new StoreEvent.Failed(e));
            return false;
        }
    }

    /** All of it; empty when it is not there, cannot be read, or was damaged, and was dropped. */
    Optional<byte[]> read(Digest digest) {
        try {
            return readUndamaged(digest);
        } catch (StoreException e) {
            events.accept(new StoreEvent.Failed(e));
            return Optional.empty();
        }
    }

    private Optional<byte[]> readUndamaged(Digest digest) throws StoreException {
        try (StoredBlob blob = blobs.open(digest).orElse(null)) {
            return blob == null ? Optional.empty() : body(blob);
        } catch (DamagedBlobException e) {
            blobs.remove(digest);
            events.accept(new StoreEvent.Damaged(digest, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private Optional<byte[]> body(StoredBlob blob) throws StoreException {
        if (blob.length() > MOST) {
            return Optional.empty();
        }
        try {
            return Optional.of(verified(blob));
        } catch (DamagedBlobException e) {
            blob.drop();
            events.accept(new StoreEvent.Damaged(blob.digest(), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private static byte[] verified(StoredBlob blob) throws StoreException {
        ByteBuffer body = ByteBuffer.allocate((int) Math.max(0, blob.length()));
        int count = 0;
        while (count >= 0 && body.hasRemaining()) {
            count = blob.read(body.position(), body);
        }
        MessageDigest hash = blob.digest().algorithm().newHash();
        hash.update(body.flip());
        Digest actual = Digest.of(blob.digest().algorithm(), hash);
        if (!actual.equals(blob.digest()) || body.limit() != blob.length()) {
            throw new DamagedBlobException(blob.digest(), body.limit() + " of " + blob.length()
                    + " bytes came, and their digest is " + actual);
        }
        return body.array();
    }
}

package dev.freshet.proxy.serve;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** Content of a few MiB at most, read and kept as a whole, as far as the store can; what it cannot is not there. */
final class SmallContents {

    private final BlobStore blobs;
    private final StoreTrouble trouble;

    SmallContents(BlobStore blobs, StoreTrouble trouble) {
        this.blobs = blobs;
        this.trouble = trouble;
    }

    /** Keeps content whose digest was verified; says whether it is kept. */
    boolean keep(Digest digest, byte[] body) {
        try (BlobWriter writer = blobs.beginAnew(digest, OptionalLong.of(body.length))) {
            writer.append(ByteBuffer.wrap(body));
            writer.commit().close();
            return true;
        } catch (StoreException e) {
            trouble.failed(e);
            return false;
        }
    }

    /** All of it; empty when it is not there, cannot be read, or was damaged, and was dropped. */
    Optional<byte[]> read(Digest digest) {
        try {
            return readUndamaged(digest);
        } catch (StoreException e) {
            trouble.failed(e);
            return Optional.empty();
        }
    }

    private Optional<byte[]> readUndamaged(Digest digest) throws StoreException {
        try (StoredBlob blob = blobs.open(digest).orElse(null)) {
            return blob == null ? Optional.empty() : body(blob);
        } catch (DamagedBlobException e) {
            blobs.remove(digest);
            trouble.damaged(digest, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<byte[]> body(StoredBlob blob) throws StoreException {
        try {
            ByteBuffer body = ByteBuffer.allocate(Math.toIntExact(blob.length()));
            int count = 0;
            while (count >= 0 && body.hasRemaining()) {
                count = blob.read(body.position(), body);
            }
            return Optional.of(body.array());
        } catch (DamagedBlobException e) {
            blob.drop();
            trouble.damaged(blob.digest(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}

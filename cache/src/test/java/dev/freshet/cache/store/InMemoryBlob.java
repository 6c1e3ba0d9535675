package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;

/** A reader of what an {@link InMemoryBlobStore} has committed. */
final class InMemoryBlob extends InMemorySide implements StoredBlob {

    InMemoryBlob(InMemoryBlobStore store, Digest digest, InMemoryContent content) {
        super(store, digest, content, store.blobCount());
        store.shelf().pin(content);
    }

    @Override
    public Digest digest() {
        return digest;
    }

    @Override
    public void drop() throws StoreException {
        requireUsable("drop of ");
        store.shelf().drop(digest, content);
    }

    @Override
    void requireReadable() throws StoreException {
        store.requireReads("read of " + digest);
    }

    @Override
    void ended() {
        store.shelf().unpin(content);
    }
}

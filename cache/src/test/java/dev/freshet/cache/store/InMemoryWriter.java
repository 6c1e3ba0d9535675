package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;

/** A writer into an {@link InMemoryBlobStore}. */
final class InMemoryWriter extends InMemorySide implements BlobWriter {

    private boolean spoilt;
    private boolean leavesNothing;

    InMemoryWriter(InMemoryBlobStore store, Digest digest, InMemoryContent begun) {
        super(store, digest, begun, store.writerCount());
    }

    @Override
    public void append(ByteBuffer source) throws StoreException {
        startWork("append to ");
        store.shelf().makeRoom(content, content.length() + source.remaining());
        content.append(source, store.mostPerWriter());
        if (source.hasRemaining()) {
            throw new StoreException("append to " + digest + " failed: the test said so");
        }
        spoilt = false;
    }

    @Override
    public StoredBlob commit() throws StoreException {
        startWork("commit of ");
        store.requireCommits("commit of " + digest);
        leavesNothing = true;
        return new InMemoryBlob(store, digest, store.shelf().commit(digest, content));
    }

    @Override
    public void discard() {
        spoilt = true;
        leavesNothing = true;
    }

    @Override
    void ended() {
        store.shelf().leave(digest, content, leavesNothing ? 0 : store.kept(content.length()));
    }

    private void startWork(String attempt) throws StoreException {
        requireUsable(attempt);
        if (spoilt) {
            throw new StoreException(attempt + digest
                    + " failed: it was committed or discarded, or a call before it failed");
        }
        spoilt = true;
    }
}

package dev.freshet.cache.store;

/** The contract on the heap. */
class InMemorySpaceTest extends SpaceContract {

    private static final int LIMIT = 8_000_000;

    private InMemoryBlobStore memory = new InMemoryBlobStore();

    @Override
    protected BlobStore openEmpty() {
        memory = new InMemoryBlobStore().limit(LIMIT);
        return memory;
    }

    @Override
    protected int limit() {
        return LIMIT;
    }

    @Override
    protected int stillOpen() {
        return memory.openBlobs() + memory.openWriters();
    }
}

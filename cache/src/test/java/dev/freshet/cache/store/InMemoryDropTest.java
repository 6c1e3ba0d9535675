package dev.freshet.cache.store;

/** The contract on the heap. */
class InMemoryDropTest extends DropContract {

    private InMemoryBlobStore memory = new InMemoryBlobStore();

    @Override
    protected BlobStore openEmpty() {
        memory = new InMemoryBlobStore();
        return memory;
    }

    @Override
    protected int stillOpen() {
        return memory.openBlobs() + memory.openWriters();
    }
}

package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;

/** A writer into an {@link InMemoryBlobStore}. */
final class InMemoryWriter extends InMemorySide implements BlobWriter {

    private final long expected;
    private final boolean isFixed;
    private volatile boolean spoilt;
    private volatile boolean committed;
    private volatile boolean leavesNothing;
    private volatile boolean kept;

    /**
     * @param expected bytes of the whole content; -1 when unknown
     * @param isFixed whether it cannot have another length
     */
    InMemoryWriter(InMemoryBlobStore store, Digest digest, InMemoryContent begun, long expected, boolean isFixed) {
        super(store, digest, begun, store.writerCount());
        this.expected = expected;
        this.isFixed = isFixed;
    }

    private final class InMemoryRangeWriter implements RangeWriter {

        private long position;
        private boolean stopped;

        InMemoryRangeWriter(long position) {
            this.position = position;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void append(ByteBuffer source) throws StoreException {
            requireUsable("append to ");
            requireNot(stopped || committed, "append to ");
            stopped = true;
            if (isFixed && position + source.remaining() > expected) {
                throw new IllegalStateException(digest + " ends at " + expected);
            }
            store.shelf().makeRoom(content, content.present().bytes() + source.remaining());
            int before = source.position();
            content.put(position, source, position + store.mostPerWriter() - content.present().bytes());
            position += source.position() - before;
            if (source.hasRemaining()) {
                throw new StoreException("append to " + digest + " failed: the test said so");
            }
            stopped = false;
        }
    }

    @Override
    public int alignment() {
        return store.alignment();
    }

    @Override
    public ByteRanges present() {
        return content.present();
    }

    @Override
    public RangeWriter rangeWriter(long from) {
        ByteRanges present = content.present();
        boolean goesOn = from > 0 && present.contains(from - 1);
        if (from < 0 || present.contains(from) || (from % alignment() != 0 && !goesOn)) {
            throw new IllegalArgumentException("no range writer can begin at " + from);
        }
        return new InMemoryRangeWriter(from);
    }

    @Override
    public void append(ByteBuffer source) throws StoreException {
        startWork("append to ");
        new InMemoryRangeWriter(length()).append(source);
        spoilt = false;
    }

    @Override
    public void keep() {
        kept = true;
    }

    @Override
    public StoredBlob commit() throws StoreException {
        ByteRanges present = content.present();
        if (!present.isAll(isFixed ? expected : present.end())) {
            throw new StoreException("commit of " + digest + " failed: only " + present + " is present");
        }
        startWork("commit of ");
        store.requireCommits("commit of " + digest);
        leavesNothing = true;
        committed = true;
        return new InMemoryBlob(store, digest, store.shelf().commit(digest, content));
    }

    @Override
    public void discard() {
        spoilt = true;
        leavesNothing = true;
    }

    @Override
    void ended() {
        store.shelf().leave(digest, content,
                leavesNothing ? new ByteRanges() : store.durable(content.present(), kept ? expected : -1));
    }

    private void startWork(String attempt) throws StoreException {
        requireUsable(attempt);
        requireNot(spoilt, attempt);
        spoilt = true;
    }

    private void requireNot(boolean stopped, String attempt) throws StoreException {
        if (stopped) {
            throw new StoreException(attempt + digest
                    + " failed: it was committed or discarded, or a call before it failed");
        }
    }
}

package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A blob store on the heap, for tests; its failures are data. Holds up to 2 GiB a blob. */
public final class InMemoryBlobStore implements BlobStore {

    private final Map<Digest, InMemoryContent> committed = new ConcurrentHashMap<>();
    private final Set<Digest> damaged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger openBlobs = new AtomicInteger();
    private final AtomicInteger openWriters = new AtomicInteger();
    private volatile long appendsFailAfter = Long.MAX_VALUE;
    private volatile boolean beginsFail;
    private volatile boolean commitsFail;
    private volatile boolean closed;

    /** Lets every append fail that would take a writer past so many bytes, as a full disk does. */
    public InMemoryBlobStore failAppendsAfter(long bytes) {
        appendsFailAfter = bytes;
        return this;
    }

    /** Lets writers not even begin. */
    public InMemoryBlobStore failBegins(boolean fail) {
        beginsFail = fail;
        return this;
    }

    /** Lets every commit fail. */
    public InMemoryBlobStore failCommits(boolean fail) {
        commitsFail = fail;
        return this;
    }

    /** Lets every read of this content find damage, until it is removed. */
    public InMemoryBlobStore damage(Digest digest) {
        damaged.add(digest);
        return this;
    }

    public int openBlobs() {
        return openBlobs.get();
    }

    public int openWriters() {
        return openWriters.get();
    }

    @Override
    public Optional<StoredBlob> open(Digest digest) throws StoreException {
        requireOpen("open of " + digest);
        return Optional.ofNullable(committed.get(digest)).map(content -> new Blob(digest, content));
    }

    @Override
    public BlobWriter begin(Digest digest, OptionalLong expectedLength) throws StoreException {
        requireOpen("begin of " + digest);
        failIf(beginsFail, "begin of " + digest);
        return new Writer(digest);
    }

    @Override
    public void remove(Digest digest) throws StoreException {
        requireOpen("removal of " + digest);
        committed.remove(digest);
        damaged.remove(digest);
    }

    @Override
    public Set<Digest> touch(Set<Digest> digests) throws StoreException {
        requireOpen("touch");
        return digests.stream().filter(digest -> !committed.containsKey(digest)).collect(Collectors.toSet());
    }

    @Override
    public void forEach(Consumer<Digest> visitor) throws StoreException {
        requireOpen("list of blobs");
        committed.keySet().forEach(visitor);
    }

    @Override
    public StoreSpace space() {
        return new StoreSpace(committed.values().stream().mapToLong(InMemoryContent::length).sum(), Long.MAX_VALUE,
                true);
    }

    @Override
    public StoreUsage usage() throws StoreException {
        requireOpen("look-up of usage");
        long[] lengths = committed.values().stream().mapToLong(InMemoryContent::length).toArray();
        return new StoreUsage(lengths.length, LongStream.of(lengths).sum());
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen(String attempt) throws StoreException {
        if (closed) {
            throw new StoreException(attempt + " failed: the store is closed");
        }
    }

    private static void failIf(boolean told, String attempt) throws StoreException {
        if (told) {
            throw new StoreException(attempt + " failed: the test said so");
        }
    }

    /** Either side of one content. */
    private abstract class Side implements StoredBytes, AutoCloseable {

        final Digest digest;
        final InMemoryContent content;
        private final AtomicInteger open;
        private final AtomicBoolean ended = new AtomicBoolean();

        Side(Digest digest, InMemoryContent content, AtomicInteger open) {
            this.digest = digest;
            this.content = content;
            this.open = open;
            open.incrementAndGet();
        }

        void requireUsable(String attempt) throws StoreException {
            requireOpen(attempt + digest);
            if (ended.get()) {
                throw new StoreException(attempt + digest + " failed: it was closed before");
            }
        }

        @Override
        public long length() {
            return content.length();
        }

        @Override
        public int read(long position, ByteBuffer destination) throws StoreException {
            requireUsable("read of ");
            return content.read(position, destination);
        }

        @Override
        public void close() {
            if (ended.compareAndSet(false, true)) {
                open.decrementAndGet();
            }
        }
    }

    private final class Blob extends Side implements StoredBlob {

        Blob(Digest digest, InMemoryContent content) {
            super(digest, content, openBlobs);
        }

        @Override
        public Digest digest() {
            return digest;
        }

        @Override
        public void drop() {
            if (committed.remove(digest, content)) {
                damaged.remove(digest);
            }
        }

        @Override
        public int read(long position, ByteBuffer destination) throws StoreException {
            if (damaged.contains(digest)) {
                throw new DamagedBlobException(digest, "the test said so");
            }
            return super.read(position, destination);
        }
    }

    private final class Writer extends Side implements BlobWriter {

        private boolean spoilt;

        Writer(Digest digest) {
            super(digest, new InMemoryContent(), openWriters);
        }

        @Override
        public void append(ByteBuffer source) throws StoreException {
            startWork("append to ");
            failIf(content.length() + source.remaining() > appendsFailAfter, "append to " + digest);
            content.append(source);
            spoilt = false;
        }

        @Override
        public StoredBlob commit() throws StoreException {
            startWork("commit of ");
            failIf(commitsFail, "commit of " + digest);
            InMemoryContent first = committed.putIfAbsent(digest, content);
            return new Blob(digest, first == null ? content : first);
        }

        @Override
        public void discard() {}

        private void startWork(String attempt) throws StoreException {
            requireUsable(attempt);
            if (spoilt) {
                throw new StoreException(attempt + digest + " failed: it was committed, or a call before it failed");
            }
            spoilt = true;
        }
    }
}

package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * A blob store on the heap, for tests; its limit and its failures are data. Holds up to 2 GiB a blob. Unless it is told
 * otherwise, it keeps nothing of what was not committed.
 */
public final class InMemoryBlobStore implements BlobStore {

    private static final int GRAIN = 65_536;

    private final InMemoryShelf shelf = new InMemoryShelf();
    private final AtomicInteger openBlobs = new AtomicInteger();
    private final AtomicInteger openWriters = new AtomicInteger();
    private final AtomicInteger uses = new AtomicInteger();
    private volatile long mostPerWriter = Long.MAX_VALUE;
    private volatile long partialUnit;
    private volatile boolean beginsFail;
    private volatile boolean commitsFail;
    private volatile boolean callsFail;
    private volatile boolean readsFail;
    private volatile LongConsumer beforeReads = position -> {};
    private volatile Runnable beforeCommits = () -> {};
    private volatile boolean closed;

    /** Lets every append fail that would take a writer past so many bytes, as a full disk does; those it still takes. */
    public InMemoryBlobStore failAppendsAfter(long bytes) {
        mostPerWriter = bytes;
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

    /** Lets every call fail, as a broken disk does, also on blobs and writers that are open. */
    public InMemoryBlobStore failCalls(boolean fail) {
        callsFail = fail;
        return this;
    }

    /**
     * Lets every read of a blob fail when it has copied some bytes, though it is not damaged, as a lack of descriptors
     * does; what writers have taken can be read.
     */
    public InMemoryBlobStore failReads(boolean fail) {
        readsFail = fail;
        return this;
    }

    /** Holds no more than so many bytes; for more room, it evicts content without readers, the oldest first. */
    public InMemoryBlobStore limit(long bytes) {
        shelf.limit(bytes);
        return this;
    }

    /**
     * Keeps what a writer leaves without a commit for the next one.
     *
     * @param unit the alignment in bytes; only whole multiples of it are durable
     */
    public InMemoryBlobStore keepPartials(long unit) {
        partialUnit = unit;
        return this;
    }

    /** Tells this the position of every read before it is done, on the thread that reads. */
    public InMemoryBlobStore beforeReads(LongConsumer task) {
        beforeReads = task;
        return this;
    }

    /** Runs a task before every commit, on the thread that commits. */
    public InMemoryBlobStore beforeCommits(Runnable task) {
        beforeCommits = task;
        return this;
    }

    /** Lets reads of this copy find damage from a position on, whether it is committed or was left behind. */
    public InMemoryBlobStore damage(Digest digest, long from) {
        shelf.findAny(digest).orElseThrow().damage(from);
        return this;
    }

    /** Lets every read of this copy find damage. */
    public InMemoryBlobStore damage(Digest digest) {
        return damage(digest, 0);
    }

    public int openBlobs() {
        return openBlobs.get();
    }

    public int openWriters() {
        return openWriters.get();
    }

    /** How often content was used, by an open or a touch. */
    public int uses() {
        return uses.get();
    }

    @Override
    public Optional<StoredBlob> open(Digest digest) throws StoreException {
        Optional<StoredBlob> found = inspect(digest);
        found.ifPresent(blob -> uses.incrementAndGet());
        return found;
    }

    @Override
    public Optional<StoredBlob> inspect(Digest digest) throws StoreException {
        requireWorking("open of " + digest);
        return shelf.find(digest).map(content -> new InMemoryBlob(this, digest, content));
    }

    @Override
    public BlobWriter begin(Digest digest, OptionalLong expectedLength) throws StoreException {
        return begin(digest, expectedLength, expectedLength.orElse(0), false);
    }

    @Override
    public BlobWriter beginSparse(Digest digest, OptionalLong length) throws StoreException {
        return begin(digest, length, 0, true);
    }

    private BlobWriter begin(Digest digest, OptionalLong length, long promised, boolean sparse) throws StoreException {
        requireWorking("begin of " + digest);
        if (beginsFail) {
            throw toldTo("begin of " + digest);
        }
        InMemoryContent begun = shelf.begin(digest, promised, found -> fits(found.present().end(), length));
        long known = begun.present().end() % alignment() == 0 ? -1 : begun.present().end();
        return new InMemoryWriter(this, digest, begun, length.orElse(known), sparse && length.isPresent());
    }

    /** An end that is not aligned is that of the content. */
    private boolean fits(long end, OptionalLong length) {
        return length.isEmpty() || end == length.getAsLong() || (end < length.getAsLong() && end % alignment() == 0);
    }

    @Override
    public long unfinished(Digest digest) throws StoreException {
        requireWorking("look-up of what is left of " + digest);
        return shelf.unfinished(digest);
    }

    @Override
    public void remove(Digest digest) throws StoreException {
        requireWorking("removal of " + digest);
        shelf.remove(digest);
    }

    @Override
    public Set<Digest> touch(Set<Digest> digests) throws StoreException {
        requireWorking("touch");
        Set<Digest> missing = digests.stream().filter(digest -> shelf.find(digest).isEmpty())
                .collect(Collectors.toSet());
        uses.addAndGet(digests.size() - missing.size());
        return missing;
    }

    @Override
    public void forEach(Consumer<Digest> visitor) throws StoreException {
        requireWorking("list of blobs");
        shelf.digests().forEach(visitor);
    }

    @Override
    public StoreUsage usage() throws StoreException {
        requireWorking("look-up of usage");
        return shelf.usage();
    }

    @Override
    public StoreSpace space() {
        return shelf.space();
    }

    @Override
    public void close() {
        closed = true;
    }

    InMemoryShelf shelf() {
        return shelf;
    }

    AtomicInteger blobCount() {
        return openBlobs;
    }

    AtomicInteger writerCount() {
        return openWriters;
    }

    LongConsumer beforeReads() {
        return beforeReads;
    }

    long mostPerWriter() {
        return mostPerWriter;
    }

    /** What range writers begin at multiples of. */
    int alignment() {
        return partialUnit == 0 ? GRAIN : (int) partialUnit;
    }

    /**
     * What of bytes that were not committed is durable: whole aligned ranges.
     *
     * @param end the last of them may be cut short here
     */
    ByteRanges durable(ByteRanges present, long end) {
        ByteRanges durable = new ByteRanges();
        if (partialUnit > 0) {
            for (ByteRange run : present.list()) {
                long from = (run.from() + alignment() - 1) / alignment() * alignment();
                long to = run.to() == end ? end : run.to() / alignment() * alignment();
                durable.add(from, Math.max(from, to));
            }
        }
        return durable;
    }

    void requireWorking(String attempt) throws StoreException {
        if (closed) {
            throw new StoreException(attempt + " failed: the store is closed");
        }
        if (callsFail) {
            throw toldTo(attempt);
        }
    }

    void requireCommits(String attempt) throws StoreException {
        beforeCommits.run();
        if (commitsFail) {
            throw toldTo(attempt);
        }
    }

    void requireReads(String attempt) throws StoreException {
        if (readsFail) {
            throw toldTo(attempt);
        }
    }

    private static StoreException toldTo(String attempt) {
        return new StoreException(attempt + " failed: the test said so");
    }
}

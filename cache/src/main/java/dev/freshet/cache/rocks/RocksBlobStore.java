package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.DiskQuota;
import dev.freshet.cache.memory.ChunkMemory;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.cache.store.StoreUsage;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Blobs as chunks and commit records; {@link RocksStorage} opens and closes what is under it. */
final class RocksBlobStore implements BlobStore {

    /** Content of at most so many bytes goes through the log; larger content becomes segments. */
    static final long SMALL = 1L << 20;

    /** What small content takes of the disk beside its bytes: keys and records, about. */
    static final long SMALL_EXTRA = 256;

    private final Parts parts;
    private final SegmentWriter intake;
    private final Runnable closing;
    private final Writers writers = new Writers();
    private final AtomicLong onTheirWay = new AtomicLong();
    private final AtomicInteger openBlobs = new AtomicInteger();

    RocksBlobStore(Parts parts, Runnable closing) {
        this.parts = parts;
        this.intake = new SegmentWriter(parts);
        this.closing = closing;
    }

    @Override
    public Optional<StoredBlob> open(Digest digest) throws StoreException {
        return open(digest, parts.retained()::touch);
    }

    @Override
    public Optional<StoredBlob> inspect(Digest digest) throws StoreException {
        return open(digest, unused -> {});
    }

    /**
     * The record is read once more after its number is held: if it is still there, a removal from now on sees the hold;
     * if not, the chunks may be gone.
     */
    private Optional<StoredBlob> open(Digest digest, Consumer<CommitRecord> use) throws StoreException {
        CommitRecord found = parts.records().find(digest);
        while (found != null) {
            holds().hold(found.number());
            CommitRecord confirmed = null;
            try {
                confirmed = parts.records().find(digest);
            } finally {
                if (!found.equals(confirmed)) {
                    holds().release(found.number());
                }
            }
            if (found.equals(confirmed)) {
                use.accept(found);
                return Optional.of(new RocksStoredBlob(this, digest, found));
            }
            found = confirmed;
        }
        return Optional.empty();
    }

    @Override
    public BlobWriter begin(Digest digest, OptionalLong expectedLength) throws StoreException {
        return begin(digest, expectedLength, false);
    }

    @Override
    public BlobWriter beginSparse(Digest digest, OptionalLong length) throws StoreException {
        return begin(digest, length, true);
    }

    private BlobWriter begin(Digest digest, OptionalLong length, boolean sparse) throws StoreException {
        Supplier<String> attempt = () -> "begin of " + digest;
        requireOpen(attempt);
        health().requireWritable(attempt);
        PartialBlobs.Left left = intake.claim(digest, length);
        long number = left == null ? parts.numbers().next() : left.number();
        Loose.Partial before = left == null ? Loose.Partial.none(digest, memory().chunkSize()) : left.partial();
        long expected = length.orElse(0) - before.present().bytes();
        long promised = !sparse && (expected > SMALL || left != null) ? intake.mostOf(expected) : 0;
        try {
            parts.evictor().charge(attempt, promised);
        } catch (StoreException e) {
            if (left != null) {
                leave(number, before, true);
            }
            throw e;
        }
        holds().hold(number);
        ChunkReader.Run run = new ChunkReader.Run(digest, Family.SEGMENTS, number, before.chunkSize());
        RocksBlobWriter.Target target = new RocksBlobWriter.Target(length.orElse(before.knownLength().orElse(-1)),
                sparse && length.isPresent());
        RocksBlobWriter writer = new RocksBlobWriter(this, run, target,
                new SegmentSealer(this, parts.sealers(), run, target.length(), before, promised));
        writers.add(writer);
        return writer;
    }

    long put(Supplier<String> attempt, long number, long firstChunk, Segments.Source source) throws StoreException {
        return intake.put(attempt, number, firstChunk, source);
    }

    ChunkReader.Run putSmall(ChunkReader.Run run, List<ByteBuffer> chunks) throws StoreException {
        return intake.putSmall(run, chunks);
    }

    void releaseSmall(long number, boolean committed) {
        intake.releaseSmall(number, committed);
    }

    void leave(long number, Loose.Partial left, boolean keep) {
        intake.leave(number, left, keep);
    }

    /** A writer will leave something when it is on disk, which the next one of the digest waits for. */
    void expect(Digest digest) {
        parts.partials().expect(digest);
    }

    void arrived(Digest digest) {
        parts.partials().arrived(digest);
    }

    /** Puts a record whose number is held, unless there is one already; says whether it did. */
    boolean commit(Digest digest, CommitRecord record) throws StoreException {
        boolean put = parts.records().put(digest, record);
        if (put) {
            parts.retained().add(record);
        }
        return put;
    }

    @Override
    public long unfinished(Digest digest) throws StoreException {
        requireOpen(() -> "look-up of what is left of " + digest);
        return parts.partials().bytes(digest);
    }

    @Override
    public void remove(Digest digest) throws StoreException {
        remove(digest, null);
    }

    /** Removes content, if it is of this number. */
    void remove(Digest digest, @Nullable Long number) throws StoreException {
        CommitRecord removed = parts.records().remove(digest, number);
        if (removed != null) {
            parts.retained().forget(removed);
            DeletedBlob unused = new DeletedBlob(removed.family(), removed.number(), removed.diskBytes());
            if (holds().doom(unused)) {
                parts.disposal().free(List.of(unused));
            }
        }
    }

    @Override
    public Set<Digest> touch(Set<Digest> digests) throws StoreException {
        Set<Digest> missing = new HashSet<>();
        for (Digest digest : digests) {
            CommitRecord record = parts.records().find(digest);
            if (record == null) {
                missing.add(digest);
            } else {
                parts.retained().touch(record);
            }
        }
        return missing;
    }

    @Override
    public void forEach(Consumer<Digest> visitor) throws StoreException {
        parts.index().scan(() -> "list of blobs", Family.BLOBS, Keys.FIRST, (key, value) -> {
            visitor.accept(Keys.digest(ByteBuffer.wrap(key)));
            return true;
        });
    }

    @Override
    public StoreUsage usage() throws StoreException {
        requireOpen(() -> "look-up of usage");
        return parts.inventory().usage();
    }

    @Override
    public StoreSpace space() {
        parts.use().measure();
        return new StoreSpace(quota().used(), quota().limit(), health().isWritable());
    }

    /** Asks a writer to hand its chunks over, unless many are on their way already. */
    void relieveMemory() {
        if (onTheirWay.get() < segmentSize() / 2) {
            writers.handOverOne();
        }
    }

    /** Bytes of chunks that were handed over and are not on disk yet. */
    AtomicLong onTheirWay() {
        return onTheirWay;
    }

    @Override
    public void close() {
        closing.run();
    }

    void requireOpen(Supplier<String> attempt) throws StoreException {
        parts.index().requireOpen(attempt);
    }

    void forget(RocksBlobWriter writer) {
        writers.forget(writer);
    }

    Database index() {
        return parts.index();
    }

    ReferenceCounts holds() {
        return parts.holds();
    }

    ChunkReader chunks() {
        return parts.chunks();
    }

    ChunkMemory memory() {
        return parts.memory();
    }

    DiskQuota quota() {
        return parts.quota();
    }

    Evictor evictor() {
        return parts.evictor();
    }

    StoreHealth health() {
        return parts.health();
    }

    long segmentSize() {
        return parts.segmentSize();
    }

    AtomicInteger openBlobs() {
        return openBlobs;
    }

    int openWriters() {
        return writers.count();
    }
}

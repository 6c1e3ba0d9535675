package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.catalog.CommitRecords;
import dev.freshet.cache.rocks.segment.ChunkReader;
import dev.freshet.cache.rocks.segment.DeletedBlob;
import dev.freshet.cache.rocks.segment.GarbageCollector;
import dev.freshet.cache.rocks.segment.ReferenceCounts;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.cache.store.StoreUsage;
import dev.freshet.cache.store.StoredBlob;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The blobs of a {@link RocksStorage}: chunks, which a commit record makes visible. */
final class RocksBlobStore implements BlobStore {

    private final CommitRecords records;
    private final EvictionPolicies policies;
    private final GarbageCollector collector;
    private final ChunkReader chunks;
    private final SegmentWriter segmentWriter;
    private final StartupScan scan;
    private final StoreHealth health;
    private final Runnable closing;
    private final Set<RocksBlobWriter> writers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger openBlobs = new AtomicInteger();

    /** @param closing closes the whole storage */
    RocksBlobStore(CommitRecords records, EvictionPolicies policies, GarbageCollector collector, ChunkReader chunks,
            SegmentWriter segmentWriter, StartupScan scan, StoreHealth health, Runnable closing) {
        this.records = records;
        this.policies = policies;
        this.collector = collector;
        this.chunks = chunks;
        this.segmentWriter = segmentWriter;
        this.scan = scan;
        this.health = health;
        this.closing = closing;
    }

    @Override
    public Optional<StoredBlob> open(Digest digest) throws StoreException {
        return open(digest, policies::touch);
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
        CommitRecord found = records.find(digest);
        while (found != null) {
            references().hold(found.number());
            CommitRecord confirmed = null;
            try {
                confirmed = records.find(digest);
            } finally {
                if (!found.equals(confirmed)) {
                    references().release(found.number());
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
        SegmentSealer sealer = segmentWriter.begin(attempt, digest, length, sparse);
        RocksBlobWriter writer = new RocksBlobWriter(this, segmentWriter, sealer, sparse && length.isPresent());
        writers.add(writer);
        return writer;
    }

    /** Puts a record whose number is held, unless there is one already; returns whether it did. */
    boolean commit(Digest digest, CommitRecord record) throws StoreException {
        boolean put = records.put(digest, record);
        if (put) {
            policies.add(record);
        }
        return put;
    }

    @Override
    public long unfinished(Digest digest) throws StoreException {
        requireOpen(() -> "look-up of what is left of " + digest);
        return segmentWriter.partials().bytes(digest);
    }

    @Override
    public void remove(Digest digest) throws StoreException {
        remove(digest, null);
    }

    /** @param number removes only content of this number; null removes any */
    void remove(Digest digest, @Nullable Long number) throws StoreException {
        CommitRecord removed = records.remove(digest, number);
        if (removed != null) {
            policies.forget(removed);
            collector.delete(new DeletedBlob(removed.family(), removed.number(), removed.diskBytes()));
        }
    }

    @Override
    public Set<Digest> touch(Set<Digest> digests) throws StoreException {
        Set<Digest> missing = new HashSet<>();
        for (Digest digest : digests) {
            CommitRecord record = records.find(digest);
            if (record == null) {
                missing.add(digest);
            } else {
                policies.touch(record);
            }
        }
        return missing;
    }

    @Override
    public void forEach(Consumer<Digest> visitor) throws StoreException {
        records.forEach(visitor);
    }

    @Override
    public StoreUsage usage() throws StoreException {
        requireOpen(() -> "look-up of usage");
        return scan.usage();
    }

    @Override
    public StoreSpace space() {
        return health.space();
    }

    /**
     * Asks one writer to hand its chunks over, unless many are on their way already: the one with the most chunks among
     * those that wait for memory themselves, or else among all.
     */
    void relieveMemory() {
        if (segmentWriter.onTheirWay().get() < segmentWriter.segmentSize() / 2) {
            writers.stream().filter(writer -> writer.fullChunks() > 0)
                    .max(Comparator.comparing(RocksBlobWriter::isBlocked).thenComparingInt(RocksBlobWriter::fullChunks))
                    .ifPresent(RocksBlobWriter::tryHandOver);
        }
    }

    @Override
    public void close() {
        closing.run();
    }

    void requireOpen(Supplier<String> attempt) throws StoreException {
        records.requireOpen(attempt);
    }

    void forget(RocksBlobWriter writer) {
        writers.remove(writer);
    }

    ReferenceCounts references() {
        return collector.references();
    }

    ChunkReader chunks() {
        return chunks;
    }

    StoreHealth health() {
        return health;
    }

    AtomicInteger openBlobs() {
        return openBlobs;
    }

    int openWriters() {
        return writers.size();
    }
}

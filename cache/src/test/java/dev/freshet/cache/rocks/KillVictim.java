package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.RangeWriter;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreFullException;
import dev.freshet.cache.store.StoredBlob;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/**
 * A process that works on a store until it is killed, and says on its standard output, a line at a time, what it is about
 * to do and what it has done: {@link KillLedger} reads it.
 */
final class KillVictim {

    static final Repository REPOSITORY = new Repository(new RegistryHost("kill.test"), "app");

    private static final int WORKERS = 4;
    private static final int SHARED = 3;
    private static final int RANGE_WRITERS = 6;
    private static final FileOutputStream OUTPUT = new FileOutputStream(FileDescriptor.out);

    private final RocksStorage storage;
    private final BlobStore blobs;
    private final long seed;
    private final Random random;
    private final List<Source> committed = new ArrayList<>();
    private final List<Source> unfinished = new ArrayList<>();
    private int made;

    /** Content that can be made again at any time. */
    record Source(long seed, int length) {

        byte[] bytes() {
            return BlobStoreKit.bytes(seed, length);
        }
    }

    /** Says what the store evicts. */
    private static void tell(Event event) {
        switch (event) {
            case StoreEvent.Evicted evicted -> say("evicted " + evicted.digest());
            case StoreEvent.Damaged damaged -> say("failed: " + damaged.message());
            case StoreEvent.Unwritable unwritable -> say("failed: unwritable: " + unwritable.why());
            default -> {
            }
        }
    }

    private KillVictim(RocksStorage storage, long seed) {
        this.storage = storage;
        this.blobs = storage.blobs();
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** Arguments: directory, limit, seed. */
    public static void main(String[] arguments) throws Exception {
        System.setOut(System.err);
        say("opening");
        try (RocksStorage storage = Stores.openFine(Path.of(arguments[0]), Long.parseLong(arguments[1]),
                KillVictim::tell)) {
            say("open");
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                KillVictim victim = new KillVictim(storage, Long.parseLong(arguments[2]) * WORKERS + i);
                workers.add(Thread.ofPlatform().start(victim::work));
            }
            for (Thread worker : workers) {
                worker.join();
            }
        } catch (StoreException e) {
            say("failed: " + e.getMessage());
        }
    }

    /** In one write, so that a kill leaves whole lines only. */
    private static void say(String line) {
        try {
            OUTPUT.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void work() {
        try {
            while (true) {
                try {
                    step(random.nextInt(100));
                } catch (StoreFullException e) {
                    say("full");
                }
            }
        } catch (StoreException | RuntimeException e) {
            say("failed: " + e);
        }
    }

    private void step(int choice) throws StoreException {
        if (choice < 30) {
            write(fresh(), 1);
        } else if (choice < 38) {
            write(fresh(), 0.2 + 0.8 * random.nextDouble());
        } else if (choice < 46 && !unfinished.isEmpty()) {
            write(unfinished.removeLast(), 1);
        } else if (choice < 54) {
            scatter(fresh());
        } else if (choice < 62 && !unfinished.isEmpty()) {
            scatter(unfinished.remove(random.nextInt(unfinished.size())));
        } else if (choice < 66) {
            write(shared(), 1);
        } else if (choice < 70) {
            scatter(shared());
        } else if (choice < 80 && !committed.isEmpty()) {
            remove(committed.remove(random.nextInt(committed.size())));
        } else if (choice < 90 && !committed.isEmpty()) {
            state(Digest.sha256(committed.get(random.nextInt(committed.size())).bytes()));
        } else if (choice < 96 && !committed.isEmpty()) {
            read(committed.get(random.nextInt(committed.size())));
        } else {
            storage.threads.housekeeping().execute(random.nextInt(4) == 0
                    ? storage.housekeeping::saveOrder
                    : storage.housekeeping::tidy);
        }
    }

    private Source fresh() {
        int length = switch (random.nextInt(4)) {
            case 0, 1 -> random.nextInt(20_000);
            case 2 -> random.nextInt(1 << 20);
            default -> (1 << 20) + random.nextInt(2 << 20);
        };
        return new Source((seed << 20) + made++, length);
    }

    /** What other workers write as well. */
    private Source shared() {
        return new Source(seed / WORKERS * 1000 + random.nextInt(SHARED), 700_000);
    }

    /** Writes a part of it in order, and commits it if that is all. */
    private void write(Source source, double part) throws StoreException {
        byte[] content = source.bytes();
        try (BlobWriter writer = begin(source, content)) {
            int to = (int) (content.length * part);
            for (ByteRange gap : writer.present().gaps(0, to)) {
                for (int at = (int) gap.from(); at < gap.to();) {
                    int count = (int) Math.min(gap.to() - at, 1 + random.nextInt(300_000));
                    writer.append(ByteBuffer.wrap(content, at, count));
                    at += count;
                }
            }
            end(source, writer);
        }
    }

    /** Writes some of it at random places, in turns, and commits it if that is all. */
    private void scatter(Source source) throws StoreException {
        byte[] content = source.bytes();
        try (BlobWriter writer = begin(source, content)) {
            List<RangeWriter> writers = new ArrayList<>();
            for (int turn = random.nextInt(60); turn > 0; turn--) {
                if (writers.size() < RANGE_WRITERS && random.nextBoolean()) {
                    anywhere(writer, content.length).ifPresent(writers::add);
                }
                if (!writers.isEmpty()) {
                    advance(writers, writer, content);
                }
            }
            if (random.nextBoolean()) {
                writer.keep();
            }
            end(source, writer);
        }
    }

    private Optional<RangeWriter> anywhere(BlobWriter writer, int length) {
        long from = random.nextInt(length / writer.alignment() + 1) * (long) writer.alignment();
        return from < length && !writer.present().contains(from)
                ? Optional.of(writer.rangeWriter(from))
                : Optional.empty();
    }

    /** Goes on with one of them, which ends where bytes are present. */
    private void advance(List<RangeWriter> writers, BlobWriter writer, byte[] content) throws StoreException {
        RangeWriter rangeWriter = writers.get(random.nextInt(writers.size()));
        long at = rangeWriter.position();
        long gap = writer.present().nextPresent(at) - at;
        int count = (int) Math.min(1 + random.nextInt(200_000), Math.min(gap, content.length - at));
        if (count == 0) {
            writers.remove(rangeWriter);
        } else {
            rangeWriter.append(ByteBuffer.wrap(content, (int) at, count));
        }
    }

    /** Says what was found of it, which will be there for the next one too, until something is said to be its end. */
    private BlobWriter begin(Source source, byte[] content) throws StoreException {
        Digest digest = Digest.sha256(content);
        say("begun " + digest + " " + source.seed + " " + source.length);
        OptionalLong length = random.nextBoolean() ? OptionalLong.of(content.length) : OptionalLong.empty();
        BlobWriter writer = random.nextBoolean() ? blobs.begin(digest, length) : blobs.beginSparse(digest, length);
        ByteRanges present = writer.present();
        if (present.runs() > 0) {
            say("found " + digest + " " + present.bytes());
        }
        return writer;
    }

    /** Commits it if it is whole, or else discards it or leaves it behind. */
    private void end(Source source, BlobWriter writer) throws StoreException {
        Digest digest = Digest.sha256(source.bytes());
        if (writer.present().isAll(source.length)) {
            say("ending " + digest);
            writer.commit().close();
            say("committed " + digest);
            committed.add(source);
        } else if (random.nextInt(4) == 0) {
            say("ending " + digest);
            writer.discard();
        } else {
            unfinished.add(source);
        }
    }

    private void remove(Source source) throws StoreException {
        Digest digest = Digest.sha256(source.bytes());
        boolean shared = source.seed < seed << 20;
        if (shared) {
            return;
        }
        say("removing " + digest);
        try (StoredBlob reader = random.nextInt(3) == 0 ? blobs.open(digest).orElse(null) : null) {
            blobs.remove(digest);
            if (reader != null) {
                check(source, reader);
            }
        }
        say("removed " + digest);
    }

    private void state(Digest digest) throws StoreException {
        Tag tag = new Tag("t" + seed + "-" + made++);
        storage.catalog().putParts(digest, Set.of(Digest.sha256(tag.value().getBytes(StandardCharsets.UTF_8))));
        storage.catalog().putTag(REPOSITORY, tag, new TagEntry(digest, Instant.EPOCH));
        say("tagged " + digest + " " + tag.value());
    }

    private void read(Source source) throws StoreException {
        var found = blobs.open(Digest.sha256(source.bytes()));
        if (found.isPresent()) {
            try (StoredBlob reader = found.get()) {
                check(source, reader);
            }
        }
    }

    private static void check(Source source, StoredBlob reader) throws StoreException {
        if (!Digest.sha256(BlobStoreKit.readAll(reader, 0)).equals(reader.digest())) {
            say("failed: wrong bytes of " + source);
        }
    }
}

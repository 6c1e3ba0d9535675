package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a fill's readers see: whether the length is known, which bytes are there, and the end. The fill writes it, any
 * number of readers wait on it; the fill waits for readers only where {@link FillBuffer} says so. What is there only grows.
 *
 * <p>Readers of the whole see the published length: what is there from the first byte on, but for the last byte, or the
 * last read, which come when the digest is right. Readers of parts see all that is there.
 *
 * <p>It holds the buffer until the fill has left it and the last reader has too.
 */
final class FillBoard {

    private final ReentrantLock lock = new ReentrantLock();
    private final Readers readers = new Readers();
    private final Plan plan = new Plan();
    private final Head head;
    private final FillBuffer buffer;
    private final Demand demand;
    private final RangeScheduler scheduler;
    private final Published published;

    private boolean flying = true;
    private @Nullable FillOutcome decided;
    private volatile @Nullable FillOutcome end;

    FillBoard(PassThrough bounds, Fetching fetching) {
        this.buffer = new FillBuffer(lock, readers, bounds);
        this.demand = new Demand(lock, readers);
        this.scheduler = new RangeScheduler(lock, readers, demand, plan, fetching);
        this.head = new Head(lock, plan, fetching);
        this.published = new Published(plan, head);
    }

    /** The bytes, for the fill's threads. */
    FillBuffer buffer() {
        return buffer;
    }

    /** What is known before bytes are. */
    Head head() {
        return head;
    }

    /** What it is wanted for. */
    Demand demand() {
        return demand;
    }

    /** What is to be fetched, for the fill's threads. */
    RangeScheduler scheduler() {
        return scheduler;
    }

    /**
     * The fill knows what it begins with.
     *
     * @param left what is there already
     * @param grain stretches begin at multiples of it
     * @param stated the length, as a manifest has stated it
     */
    void begun(ByteRanges left, int grain, OptionalLong stated) {
        update(() -> {
            plan.begin(left, grain);
            head.begin(stated);
            published.begin(left);
            return ready();
        });
    }

    /** An answer's head is there. A length of zero is told only with the end, as there is no byte to withhold. */
    void opened(OptionalLong stated) {
        lock.lock();
        try {
            head.open(stated);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a stretch's next bytes, which are not there for readers yet; false when nobody is left to read them and they
     * are not stored.
     */
    boolean append(RangeTask stretch, ByteBuffer source) throws InterruptedException {
        return buffer.append(stretch, source, Math.max(published.end(), stretch.position()));
    }

    /** Bytes have come: readers of parts may have them, and readers of the whole may if none is missing before them. */
    void arrived(long from, long to) {
        update(() -> {
            plan.present().add(from, to);
            scheduler.arrived();
            published.arrived(to - from);
            return ready();
        });
    }

    /** Of a blob of unknown length, more has come: what is there already is not its end. */
    void goesOn() {
        update(() -> {
            return published.goesOn() ? ready() : List.of();
        });
    }

    /** Everything before a position is hashed. */
    void hashed(long position) {
        update(() -> {
            scheduler.frontIs(position);
            return published.hashed(position) ? ready() : List.of();
        });
    }

    /** The digest is right: readers may have everything, whatever becomes of the commit. */
    void verified(long total) {
        update(() -> {
            if (end == null) {
                published.all(total);
                end = new FillOutcome.Complete(total);
                head.end();
            }
            return ready();
        });
    }

    /** Decides the end; only the first call does, and says so by returning true. Readers hear of it later. */
    boolean decide(FillOutcome outcome) {
        return decide(outcome, () -> true);
    }

    /**
     * As {@link #decide(FillOutcome)}, but only if one reader has come in all and has gone, and not all is verified. Then
     * nobody can join any more.
     */
    boolean decideUnlessJoined(FillOutcome outcome) {
        return decide(outcome, () -> end == null && readers.hadOnlyTheFirst() && demand.close());
    }

    private boolean decide(FillOutcome outcome, BooleanSupplier may) {
        lock.lock();
        try {
            boolean first = decided == null && may.getAsBoolean();
            if (first) {
                decided = outcome;
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Tells readers of the end that was decided, unless they have everything already. */
    void announceEnd() {
        update(() -> {
            if (end == null) {
                end = decided;
            }
            head.end();
            return ready();
        });
    }

    /** The fill will not touch the buffer any more. */
    void landed() {
        lock.lock();
        try {
            flying = false;
            closeWhenUnused();
        } finally {
            lock.unlock();
        }
    }

    /** The end, once it is decided. */
    @Nullable
    FillOutcome end() {
        lock.lock();
        try {
            return decided;
        } finally {
            lock.unlock();
        }
    }

    /**
     * One more reader, which must close its content; empty when the first bytes have passed by already, or nobody has
     * wanted more for too long.
     *
     * @param isWhole whether it wants everything, or will say what
     * @param expected the length, as a manifest has stated it
     * @param source where the bytes come from
     */
    Optional<FillReader> join(boolean isWhole, OptionalLong expected, Supplier<Source> source) {
        FillReader reader = new FillReader(this, isWhole, expected, source);
        lock.lock();
        try {
            if (!isJoinableNow()) {
                return Optional.empty();
            }
            readers.add(reader);
            if (isWhole) {
                demand.becomeWhole();
                scheduler.changed();
            }
            return Optional.of(reader);
        } finally {
            lock.unlock();
        }
    }

    private boolean isJoinableNow() {
        return buffer.isWhole() && demand.isOpen();
    }

    /** Whether {@link #join} would find it possible now. */
    boolean isJoinable() {
        lock.lock();
        try {
            return isJoinableNow();
        } finally {
            lock.unlock();
        }
    }

    /** Whether all readers want everything. */
    boolean hasReadersOfWholeOnly() {
        lock.lock();
        try {
            return readers.present().stream().allMatch(FillReader::isWhole);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the origin sends nothing, and has not for a while. */
    boolean isStandingStill() {
        lock.lock();
        try {
            return decided == null && scheduler.isStandingStill();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes readers that have another origin, while this one stands still. */
    void wakeLeaving() {
        update(() -> decided == null && scheduler.isStandingStill() ? readers.takeLeaving() : List.of());
    }

    /** How many readers there are. */
    int readers() {
        lock.lock();
        try {
            return readers.count();
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes readers of the whole may have. */
    long published() {
        return published.end();
    }

    /** The position behind the last byte that is there without a gap from this one on. */
    long endOfRun(long position) {
        lock.lock();
        try {
            return plan.present().endOfRun(position);
        } finally {
            lock.unlock();
        }
    }

    /** The end as readers have it: complete as soon as all is verified. */
    @Nullable
    FillOutcome announced() {
        return end;
    }

    /** A reader says what it wants; where that comes from is what is there now. */
    Source want(FillReader reader, List<ByteRange> parts) {
        lock.lock();
        try {
            reader.wants(parts);
            scheduler.changed();
            long there = parts.stream().filter(part -> plan.present().containsAll(part.from(), part.to())).count();
            boolean any = parts.stream().anyMatch(part -> plan.present().nextPresent(part.from()) < part.to());
            return there == parts.size() ? Source.STORE : any ? Source.STORE_AND_ORIGIN : Source.ORIGIN;
        } finally {
            lock.unlock();
        }
    }

    /** Runs a task when a byte is there or the end is; at once, if they are. */
    void whenReadable(FillReader reader, long position, Runnable task) {
        lock.lock();
        try {
            if (!reader.sees(position, published.end(), plan.present()) && end == null && !reader.isCut()) {
                readers.await(reader, position, task);
                scheduler.changed();
                return;
            }
        } finally {
            lock.unlock();
        }
        task.run();
    }

    /** A reader has gone; a second call does nothing. */
    void leave(FillReader reader) {
        lock.lock();
        try {
            readers.remove(reader);
            buffer.readerMoved();
            scheduler.changed();
            closeWhenUnused();
        } finally {
            lock.unlock();
        }
    }

    /** Makes a change under the lock, and then runs what has become ready by it. */
    private void update(Supplier<List<Runnable>> change) {
        List<Runnable> ready;
        lock.lock();
        try {
            ready = change.get();
        } finally {
            lock.unlock();
        }
        ready.forEach(Readers::wake);
    }

    private List<Runnable> ready() {
        return readers.takeReady(published.end(), plan.present(), end != null);
    }

    private void closeWhenUnused() {
        if (!flying && readers.isEmpty()) {
            buffer.close();
        }
    }
}

package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's reading of a fill, and how far it has come. */
final class FillReader implements OpenedContent {

    private static final Logger LOG = LoggerFactory.getLogger(FillReader.class);

    /** Bytes that a reader must come further within the patience, or it counts as standing still. */
    static final int FAIR_PROGRESS = 64 * 1024;

    private final FillMonitor monitor;
    private final OptionalLong expected;
    private final Supplier<Source> source;
    private final boolean isWhole;
    private volatile @Nullable Source sourceOfRanges;
    private List<ByteRange> ranges = List.of();
    private volatile long position;
    private volatile boolean cut;
    private volatile boolean leavable;
    private volatile long told = -1;
    private long fairPosition;
    private long fairNanos = -1;

    /**
     * @param isWhole whether it wants everything, or will say what
     * @param expected the length, as a manifest has stated it
     */
    FillReader(FillMonitor monitor, boolean isWhole, OptionalLong expected, Supplier<Source> source) {
        this.monitor = monitor;
        this.isWhole = isWhole;
        this.expected = expected;
        this.source = source;
    }

    /** Whether it wants everything. */
    boolean isWhole() {
        return isWhole;
    }

    /** What it wants. To be called under the fill's lock. */
    void wants(List<ByteRange> wanted) {
        ranges = wanted;
        position = wanted.getFirst().from();
    }

    /** What it wants next, so many bytes at most. To be called under the fill's lock. */
    List<ByteRange> ahead(long most) {
        List<ByteRange> ahead = new ArrayList<>();
        long now = position;
        long left = most;
        boolean reached = false;
        for (ByteRange part : ranges) {
            boolean isHere = !reached && part.from() <= now && now <= part.to();
            reached |= isHere;
            long from = isHere ? now : part.from();
            if (reached && left > 0 && from < part.to()) {
                long to = part.to() - from > left ? from + left : part.to();
                ahead.add(new ByteRange(from, to));
                left -= to - from;
            }
        }
        return ahead;
    }

    /** Whether it may have the byte at a position. */
    boolean sees(long wanted, long published, ByteRanges there) {
        return isWhole ? wanted < Math.min(published, mostUnverified()) : there.contains(wanted);
    }

    /** Its client has been told this length, by this fill or by another: the last byte of that is withheld, too. */
    void hasTold(OptionalLong length) {
        told = length.orElse(-1);
    }

    private long mostUnverified() {
        return told < 0 ? Long.MAX_VALUE : told - 1;
    }

    /** The next byte that it wants, as far as that is known. */
    long position() {
        return position;
    }

    /** It wants the bytes from here on. */
    void moveTo(long next) {
        position = next;
        monitor.readerMoved();
    }

    /** What is there cannot be read: others need not come for it. */
    void forsake() {
        monitor.change(FillState::loseStart);
        monitor.buffer().discard();
    }

    /** Says that it has another origin, and whether it may still go there, as it has read nothing. */
    void mayLeave(boolean may) {
        leavable = may;
    }

    boolean mayLeave() {
        return leavable;
    }

    /** Whether its fill's origin sends nothing. */
    boolean isStandingStill() {
        return monitor.locked(FillState::isStandingStill);
    }

    /** Waits for the origin's answer, or its end; false when there is none in time. */
    boolean awaitHead(Duration timeout) throws InterruptedException {
        return monitor.awaitHead(isWhole, timeout);
    }

    /** What its fill was told of the blob's length. */
    OptionalLong expected() {
        return expected;
    }

    /** The blob's length, as far as the fill knows it. */
    OptionalLong length() {
        return monitor.locked(FillState::length);
    }

    /** It gets nothing more, as others wait for it. */
    void cut() {
        cut = true;
    }

    boolean isCut() {
        return cut;
    }

    /**
     * For how long it has stood still although there was something to read. To be called under the fill's lock.
     *
     * @param waitedNanos how long the fill has waited for its readers so far, all together
     * @param published bytes that may be read
     */
    long standingNanos(long waitedNanos, long published) {
        long now = position;
        if (fairNanos < 0 || now >= published || Math.abs(now - fairPosition) >= FAIR_PROGRESS) {
            fairPosition = now;
            fairNanos = waitedNanos;
        }
        return waitedNanos - fairNanos;
    }

    @Override
    public OptionalLong awaitLength(Duration timeout) throws ContentException, InterruptedException {
        OptionalLong length = knownLength(timeout);
        hasTold(length);
        return length;
    }

    private OptionalLong knownLength(Duration timeout) throws ContentException, InterruptedException {
        Duration known = monitor.headPatience();
        Duration patience = expected.isPresent() && known.compareTo(timeout) < 0 ? known : timeout;
        if (!monitor.awaitHead(isWhole, patience)) {
            if (expected.isPresent()) {
                return expected;
            }
            throw new ContentException("the upstream has not answered for " + timeout.toSeconds() + " s", null);
        }
        FillOutcome end = monitor.announced();
        throwIfFailed(end);
        return end instanceof FillOutcome.Complete complete
                ? OptionalLong.of(complete.length())
                : monitor.locked(FillState::length);
    }

    @Override
    public void want(List<ByteRange> wanted) {
        if (!isWhole) {
            sourceOfRanges = monitor.want(this, wanted);
        }
    }

    @Override
    public void awaitAnswer() throws ContentException, InterruptedException {
        if (!isWhole) {
            monitor.awaitAnswer(position);
            throwIfFailed(monitor.announced());
        }
    }

    @Override
    public boolean isKept() {
        return monitor.buffer().refusal() == null;
    }

    /** What the store does not take passes by. */
    @Override
    public boolean isReadableAgain() {
        return false;
    }

    @Override
    public Source source() {
        Source known = sourceOfRanges;
        return known == null ? source.get() : known;
    }

    @Override
    public int read(long from, ByteBuffer destination) throws ContentException {
        FillOutcome known = monitor.announced();
        throwIfFailed(known);
        if (cut) {
            throw new ContentException("reading ended: others have waited for this client for too long", null);
        }
        if (isWhole && known instanceof FillOutcome.Complete(long length) && told >= 0 && length != told) {
            throw new ContentException("its client was told " + told + " bytes, and it has " + length, null);
        }
        long there = isWhole || known != null ? monitor.published() : monitor.endOfRun(from);
        long available = (isWhole && known == null ? Math.min(there, mostUnverified()) : there) - from;
        if (available <= 0) {
            moveTo(from);
            return known == null ? 0 : -1;
        }
        int limit = destination.limit();
        destination.limit((int) Math.min(limit, destination.position() + available));
        try {
            int count = monitor.read(from, destination);
            moveTo(from + count);
            return count;
        } catch (StoreException e) {
            throw new ContentException(String.valueOf(e.getMessage()), e);
        } finally {
            destination.limit(limit);
        }
    }

    @Override
    public void whenReadable(long from, Runnable task) {
        monitor.whenReadable(this, from, task);
    }

    @Override
    public void close() {
        monitor.leave(this);
    }

    /** Runs what waiting readers wait with. One that cannot be woken is lost by itself; the fill and the others go on. */
    static void wake(List<Runnable> tasks) {
        for (Runnable task : tasks) {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.warn("cannot wake a reader of a fill: {}", e.toString());
            }
        }
    }

    private static void throwIfFailed(@Nullable FillOutcome known) throws ContentException {
        if (known != null && !(known instanceof FillOutcome.Complete)) {
            throw new ContentException(known);
        }
    }
}

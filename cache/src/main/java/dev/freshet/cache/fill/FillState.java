package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRanges;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The plain data of a fill as its readers see it: the phase, the length, how many bytes readers may have, the end, and the
 * readers themselves. Each method is one transition or one question. Not thread-safe: {@link FillMonitor} has the lock.
 *
 * <p>Readers of the whole may have the bytes that are present without a gap from the first one on, except the last byte, or
 * the last read when the length is not known, which they may have when the digest is verified. Bytes that an earlier fill has
 * left count once they are hashed, which proves that they can be read. Readers of ranges may have all that is present. What
 * readers may have never shrinks.
 */
final class FillState {

    private final RangeScheduler ranges;
    private final Set<FillReader> readers = new LinkedHashSet<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private Phase phase = Phase.OPENING;
    private boolean wholeWanted;
    private boolean closed;
    private boolean startLost;
    private boolean answered;
    private OptionalLong length = OptionalLong.empty();
    private ByteRanges unproved = new ByteRanges();
    private long hashed;
    private long published;
    private boolean firstCame;
    private boolean severalCame;
    private @Nullable FillOutcome outcome;
    private boolean isEndTaken;
    private @Nullable FillOutcome announced;

    /** What a fill does at a time; {@link #next} is its transition table. */
    enum Phase {

        /** It looks for what an earlier fill has left. */
        OPENING,
        /** It brings the ranges that readers wait for. */
        RANGES,
        /** It brings and hashes everything in order. */
        WHOLE,
        /** The store takes nothing more, and bytes pass through memory. */
        PASSING_THROUGH,
        /** The digest is right, and the blob is being committed. */
        VERIFIED,
        /** Its outcome is decided. */
        ENDED;

        /** The phases that may follow. */
        Set<Phase> next() {
            return switch (this) {
                case OPENING -> EnumSet.of(RANGES, WHOLE, ENDED);
                case RANGES -> EnumSet.of(WHOLE, PASSING_THROUGH, ENDED);
                case WHOLE -> EnumSet.of(PASSING_THROUGH, VERIFIED, ENDED);
                case PASSING_THROUGH -> EnumSet.of(VERIFIED, ENDED);
                case VERIFIED -> EnumSet.of(ENDED);
                case ENDED -> EnumSet.noneOf(Phase.class);
            };
        }
    }

    private record Waiter(FillReader reader, long position, Runnable task) {}

    FillState(Fetching fetching) {
        this.ranges = new RangeScheduler(fetching);
    }

    /** Which ranges are present, under way, and to be asked for next. */
    RangeScheduler ranges() {
        return ranges;
    }

    Phase phase() {
        return phase;
    }

    /** The end is final: the fill's thread may take further steps before it hears of it, and none of them counts. */
    private void moveTo(Phase next) {
        if (phase == next || phase == Phase.ENDED) {
            return;
        }
        if (!phase.next().contains(next)) {
            throw new IllegalStateException("a fill does not go from " + phase + " to " + next);
        }
        phase = next;
    }

    /**
     * The fill knows what it begins with, or begins anew.
     *
     * @param left what an earlier fill has left
     * @param alignment ranges are asked for from multiples of so many bytes on
     * @param stated the length, as a manifest has stated it
     */
    void begin(ByteRanges left, int alignment, OptionalLong stated) {
        if (phase == Phase.OPENING) {
            moveTo(wholeWanted ? Phase.WHOLE : Phase.RANGES);
        }
        ranges.begin(left, alignment);
        lengthIs(stated);
        unproved = left.copy();
        publish(0);
    }

    /** From now on everything is wanted; it stays so. */
    void wantWhole() {
        wholeWanted = true;
        if (phase == Phase.RANGES) {
            moveTo(Phase.WHOLE);
        }
    }

    boolean isWholeWanted() {
        return wholeWanted;
    }

    /** The origin has answered. A length of zero is told only with the end, as there is no byte to withhold. */
    void answer(OptionalLong stated) {
        lengthIs(stated);
        answered |= stated.isEmpty() || stated.getAsLong() > 0;
    }

    private void lengthIs(OptionalLong stated) {
        if (stated.isPresent()) {
            length = stated;
            ranges.lengthIs(stated.getAsLong());
        }
    }

    /** The length in bytes, as far as it is known. */
    OptionalLong length() {
        return length;
    }

    /**
     * Whether the length is known, or known to be unknown, or the end is there.
     *
     * @param needsAnswer whether the length is not enough, as the origin may refuse
     */
    boolean isHeadKnown(boolean needsAnswer) {
        return answered || (!needsAnswer && phase != Phase.OPENING && length.isPresent());
    }

    /** Bytes have come, the last of which may be the blob's last. */
    void arrive(long from, long to) {
        ranges.present().add(from, to);
        publish(length.isPresent() ? 0 : to - from);
    }

    /** More has come: the bytes that are present are not the end. Says whether that matters, as the length is not known. */
    boolean goOn() {
        if (length.isEmpty()) {
            publish(0);
        }
        return length.isEmpty();
    }

    /** Everything before a position is hashed. Says whether that may free bytes that an earlier fill has left. */
    boolean hash(long position) {
        long before = hashed;
        hashed = position;
        boolean frees = before <= unproved.end();
        if (frees) {
            publish(length.isPresent() ? 0 : position - before);
        }
        return frees;
    }

    private void publish(long withheld) {
        long run = Math.min(ranges.present().endOfRun(0), unproved.nextPresent(hashed));
        published = Math.max(published, length.isPresent() ? Math.min(run, length.getAsLong() - 1) : run - withheld);
    }

    /** The position behind the last byte that readers of the whole may have. */
    long published() {
        return published;
    }

    /** The store takes nothing more. */
    void passThrough() {
        moveTo(Phase.PASSING_THROUGH);
    }

    /** The digest is right: readers may have everything, whether or not the commit succeeds, unless they know of an end. */
    void verify(long total) {
        moveTo(Phase.VERIFIED);
        if (announced == null) {
            published = total;
            announced = new FillOutcome.Complete(total);
            answered = true;
        }
    }

    /** Decides the end; only the first call does, and says so by returning true. Readers hear of it later. */
    boolean end(FillOutcome with) {
        boolean first = outcome == null;
        if (first) {
            moveTo(Phase.ENDED);
            outcome = with;
        }
        return first;
    }

    /** As {@link #end}, but only if one reader has come in all and has gone, and not all is verified; then none may join. */
    boolean endUnlessJoined(FillOutcome with) {
        boolean ends = outcome == null && announced == null && readers.isEmpty() && !severalCame && !closed;
        if (ends) {
            closed = true;
            end(with);
        }
        return ends;
    }

    /** Takes the end that was decided, for the caller to conclude with; null when there is none, or another call has taken it. */
    @Nullable
    FillOutcome takeEnd() {
        FillOutcome taken = isEndTaken ? null : outcome;
        isEndTaken |= taken != null;
        return taken;
    }

    /** Tells readers of the end that was decided, unless they have everything already. */
    void announce() {
        announced = announced == null ? outcome : announced;
        answered = true;
    }

    /** The end, once it is decided. */
    @Nullable
    FillOutcome outcome() {
        return outcome;
    }

    /** The end as readers have it: complete as soon as all is verified. */
    @Nullable
    FillOutcome announced() {
        return announced;
    }

    /** No reader may join any more. */
    void close() {
        closed = true;
    }

    /**
     * Closes it for readers that would join; says where the first byte is that a reader wants. When the whole is wanted, it
     * stays open and says nothing, as a reader of that is only served when all is brought and hashed.
     */
    OptionalLong closeAtSlowest() {
        closed |= !wholeWanted;
        return wholeWanted ? OptionalLong.empty() : OptionalLong.of(slowest());
    }

    /** A reader that would join could not read from the first byte on. */
    void loseStart() {
        startLost = true;
    }

    boolean isJoinable() {
        return !closed && !startLost;
    }

    void add(FillReader reader) {
        severalCame |= firstCame;
        firstCame = true;
        readers.add(reader);
    }

    boolean hasReaders() {
        return !readers.isEmpty();
    }

    boolean hasReadersOfWholeOnly() {
        return readers.stream().allMatch(FillReader::isWhole);
    }

    int readers() {
        return readers.size();
    }

    /** Claims the first bytes that a reader wants and that are neither present nor under way. */
    @Nullable
    RangeTask claimWanted() {
        return ranges.claimWanted(readers);
    }

    /** Claims what one more connection may bring now; null when there is nothing. */
    @Nullable
    RangeTask claimMore() {
        return ranges.claimMore(readers, wholeWanted);
    }

    /** Whether the origin sends nothing, and has not for a while. */
    boolean isStandingStill() {
        return outcome == null && ranges.isStandingStill();
    }

    /** Takes a reader out, and forgets what it waits for; nothing happens when it is not here. */
    void remove(FillReader reader) {
        readers.remove(reader);
        waiters.removeIf(waiter -> waiter.reader.equals(reader));
    }

    /** Whether a reader may have the byte at a position, or will never have it. */
    boolean isReady(FillReader reader, long position) {
        return announced != null || reader.isCut() || reader.sees(position, published, ranges.present());
    }

    /** Remembers what to run when a byte is present. */
    void await(FillReader reader, long position, Runnable task) {
        waiters.add(new Waiter(reader, position, task));
    }

    /** Takes the tasks that are to be run now, each once. */
    List<Runnable> takeReady() {
        List<Runnable> ready = new ArrayList<>();
        waiters.removeIf(waiter -> isReady(waiter.reader, waiter.position) && ready.add(waiter.task));
        return ready;
    }

    /** Takes the tasks of readers that may go elsewhere, each once. */
    List<Runnable> takeLeaving() {
        List<Runnable> leaving = new ArrayList<>();
        waiters.removeIf(waiter -> waiter.reader.mayLeave() && leaving.add(waiter.task));
        return leaving;
    }

    /** The first byte that a reader still wants. */
    long slowest() {
        return readers.stream().mapToLong(FillReader::position).min().orElse(Long.MAX_VALUE);
    }

    /**
     * Cuts the readers that have stood still for too long. One that waits meanwhile is woken with those that are ready next.
     *
     * @param waitedNanos how long the fill has waited for its readers so far, all together
     * @return for how long none of the others will have, in nanoseconds; 0 when some were cut
     */
    long cutStanding(long waitedNanos, long readable, long patienceNanos) {
        long left = patienceNanos;
        for (FillReader reader : List.copyOf(readers)) {
            long standing = reader.standingNanos(waitedNanos, readable);
            if (standing >= patienceNanos) {
                reader.cut();
                readers.remove(reader);
                left = 0;
            } else {
                left = Math.min(left, patienceNanos - standing);
            }
        }
        return left;
    }
}

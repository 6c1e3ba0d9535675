package dev.freshet.proxy.upstream.guard;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How often, and for how long, one download may be tried again. Before its first byte it gets a few attempts, as the
 * client can still go elsewhere, and as many as the share allows that all requests to its upstream have together. After that it goes on until no real progress was made for the stall timeout: a client
 * that has half a layer cannot go elsewhere.
 *
 * <p>Progress is real when {@value #REAL_PROGRESS} bytes have come. A connection that makes none for a third of the stall
 * timeout is given up for another; when none does within the whole of it, the download is. An attempt that brought
 * {@value #FAIR_SHARE} bytes is followed by the next at once, as a signed URL that ran out is no fault; after others
 * there is a pause, twice as long each time and with jitter.
 *
 * <p>For the thread of the download, but for what says otherwise.
 */
public final class RetryBudget {

    public static final int REAL_PROGRESS = 64 * 1024;

    static final int FAIR_SHARE = 1024 * 1024;

    private static final int ATTEMPTS_BEFORE_FIRST_BYTE = 4;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final Duration LONGEST_FIRST_WAIT = Duration.ofSeconds(2);

    private final LongSupplier ticker;
    private final DoubleSupplier random;
    private final long stallNanos;
    private final RetryShare share;
    private final boolean isForMore;

    private volatile long lastProgressNanos;
    private long attemptNanos;
    private long leftNanos;
    private long bytesSinceProgress;
    private long bytesSinceFailure;
    private long bytesSkipped;
    private boolean anyByte;
    private int barrenAttempts;

    private final AtomicLong besideNanos = new AtomicLong();

    private RetryBudget(LongSupplier ticker, DoubleSupplier random, Duration stallTimeout, RetryShare share,
            boolean isForMore) {
        this.ticker = ticker;
        this.random = random;
        this.stallNanos = stallTimeout.toNanos();
        this.share = share;
        this.isForMore = isForMore;
        this.lastProgressNanos = ticker.getAsLong();
        this.attemptNanos = lastProgressNanos;
        this.leftNanos = lastProgressNanos;
    }

    /** One for a first request. */
    public static RetryBudget forFirst(LongSupplier ticker, DoubleSupplier random, Duration stallTimeout,
            RetryShare share) {
        share.begun();
        return new RetryBudget(ticker, random, stallTimeout, share, false);
    }

    /** One for more of a blob of which some was sent before: a client that has that part cannot go elsewhere. */
    public static RetryBudget forMore(LongSupplier ticker, DoubleSupplier random, Duration stallTimeout,
            RetryShare share) {
        return new RetryBudget(ticker, random, stallTimeout, share, true);
    }

    /** Notes that bytes may come from now on. */
    public void connected() {
        attemptNanos = ticker.getAsLong();
        leftNanos = attemptNanos;
    }

    /** The reader is busy elsewhere from now on, which is no fault of the upstream. */
    public void left() {
        leftNanos = ticker.getAsLong();
    }

    /** The reader waits for bytes again. */
    public void back() {
        long away = ticker.getAsLong() - leftNanos;
        postpone(away);
        attemptNanos += away;
    }

    /** Notes that bytes have come after a wait. A pause is no trickle: how fast they come counts from its end on. */
    public void waited(long nanos) {
        if (nanos > stallNanos / 3) {
            attemptNanos = ticker.getAsLong();
        }
    }

    /** Notes bytes that were not there before. */
    public void received(int bytes) {
        anyByte = true;
        bytesSinceProgress += bytes;
        bytesSinceFailure += bytes;
        if (bytesSinceProgress >= REAL_PROGRESS) {
            bytesSinceProgress = 0;
            barrenAttempts = 0;
            besideNanos.set(0);
            lastProgressNanos = ticker.getAsLong();
        }
    }

    /**
     * Notes bytes that have come once more. They are no progress; but while they come fast enough, they are no fault
     * either, and time stands still.
     */
    public void skipped(int bytes) {
        bytesSkipped += bytes;
        if (bytesSkipped >= REAL_PROGRESS) {
            bytesSkipped = 0;
            long now = ticker.getAsLong();
            postpone(now - Math.max(attemptNanos, lastProgressNanos));
            attemptNanos = now;
        }
    }

    /**
     * Notes that {@link #REAL_PROGRESS} bytes have come once more over a connection beside, within this time, which stands
     * still if it is short enough. May be called by any thread.
     */
    public void skippedBeside(long nanos) {
        if (nanos <= stallNanos / 3) {
            besideNanos.addAndGet(nanos);
        }
    }

    private void postpone(long nanos) {
        long later = lastProgressNanos + nanos;
        lastProgressNanos = later;
    }

    private long sinceProgress() {
        return ticker.getAsLong() - lastProgressNanos - besideNanos.get();
    }

    /** Whether this attempt is too slow to be kept, though bytes are coming. */
    public boolean isTrickling() {
        long since = Math.max(attemptNanos, lastProgressNanos);
        return ticker.getAsLong() - since > stallNanos / 3;
    }

    /** Whether there was no real progress for longer than the stall timeout. May be asked by any thread. */
    public boolean isStalled() {
        return sinceProgress() > stallNanos;
    }

    /** Whether there is time for a wait that an upstream has asked for; before the first byte, clients go elsewhere. */
    public boolean covers(Duration wait) {
        long left = anyByte ? stallNanos - sinceProgress() : LONGEST_FIRST_WAIT.toNanos();
        return wait.compareTo(Duration.ofNanos(left)) <= 0;
    }

    /** Whether to wait so long for an upstream that is not asked at all meanwhile; a client that can still go elsewhere does not wait. */
    public boolean sitsOut(Duration wait) {
        return (anyByte || isForMore)
                && wait.toNanos() <= stallNanos - sinceProgress();
    }

    /**
     * As {@link #failed()}, after a failure that may say itself how long to wait.
     *
     * @param wanted at least so long, if there is time for it; otherwise there is no next attempt
     */
    public Optional<Duration> failed(Optional<Duration> wanted) {
        return wanted.map(this::covers).orElse(true)
                ? failed().map(pause -> wanted.filter(wait -> wait.compareTo(pause) > 0).orElse(pause))
                : Optional.empty();
    }

    /** Notes a failed attempt; says how long to wait before the next, or, when empty, that there is none. */
    public Optional<Duration> failed() {
        barrenAttempts++;
        boolean isLast = !anyByte
                && (barrenAttempts >= ATTEMPTS_BEFORE_FIRST_BYTE || (!isForMore && !share.take()));
        if (isStalled() || isLast) {
            return Optional.empty();
        }
        boolean fair = bytesSinceFailure >= FAIR_SHARE;
        bytesSinceFailure = 0;
        if (fair) {
            return Optional.of(Duration.ZERO);
        }
        long ceiling = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(barrenAttempts - 1, 16));
        long half = ceiling / 2;
        return Optional.of(Duration.ofMillis(half + (long) (half * random.getAsDouble())));
    }
}

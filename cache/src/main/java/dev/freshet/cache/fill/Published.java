package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRanges;

/**
 * How much readers of the whole may have: what is there without a gap from the first byte on, but for the last byte, or the
 * last read when the length is not known. What an earlier fill has left counts when it is hashed, which shows that it can
 * be read. It never shrinks. Guarded by the board's lock, but for {@link #end}.
 */
final class Published {

    private final Plan plan;
    private final Head head;
    private ByteRanges unproved = new ByteRanges();
    private long hashed;
    private volatile long end;

    /**
     * @param plan tells what is there
     * @param head tells the length
     */
    Published(Plan plan, Head head) {
        this.plan = plan;
        this.head = head;
    }

    /** The position behind the last byte that readers of the whole may have. */
    long end() {
        return end;
    }

    /** The fill begins with what an earlier one has left. */
    void begin(ByteRanges left) {
        unproved = left.copy();
        publish(0);
    }

    /** So many bytes have come, the last of which may be the blob's last. */
    void arrived(long bytes) {
        publish(isLengthKnown() ? 0 : bytes);
    }

    /** More has come: what was there already is not the end. Says whether that matters, as the length is not known. */
    boolean goesOn() {
        boolean matters = !isLengthKnown();
        if (matters) {
            publish(0);
        }
        return matters;
    }

    /** Everything before a position is hashed. Says whether that may free bytes that an earlier fill has left. */
    boolean hashed(long position) {
        long before = hashed;
        hashed = position;
        boolean frees = before <= unproved.end();
        if (frees) {
            publish(isLengthKnown() ? 0 : position - before);
        }
        return frees;
    }

    /** Everything is right. */
    void all(long total) {
        end = total;
    }

    private boolean isLengthKnown() {
        return head.length().isPresent();
    }

    private void publish(long withheld) {
        long run = Math.min(plan.present().endOfRun(0), unproved.nextPresent(hashed));
        long most = isLengthKnown() ? Math.min(run, head.length().getAsLong() - 1) : run - withheld;
        end = Math.max(end, most);
    }
}

package dev.freshet.proxy.cli;

import dev.freshet.config.unit.DataSize;
import java.io.PrintWriter;
import java.util.concurrent.locks.ReentrantLock;

/** A bar on a terminal that shows how far something has come, drawn anew with each percent; safe for several threads. */
final class ProgressBar {

    private static final int WIDTH = 20;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter terminal;
    private final boolean wanted;
    private final ReentrantLock lock = new ReentrantLock();
    private long total;
    private long done;
    private long shown = -1;

    /** @param wanted whether anything is written at all */
    ProgressBar(PrintWriter terminal, boolean wanted) {
        this.terminal = terminal;
        this.wanted = wanted;
    }

    /** Whether standard error is a terminal, which the launcher knows. */
    static boolean isWanted() {
        return Boolean.getBoolean("freshet.terminal");
    }

    /** It begins, and there are so many bytes to go. */
    void begin(long bytes) {
        locked(() -> {
            total = bytes;
            show();
        });
    }

    /** So many bytes more are done. */
    void add(long bytes) {
        locked(() -> {
            done += bytes;
            show();
        });
    }

    /** Writes something else, on lines of its own. */
    void interrupt(Runnable other) {
        locked(() -> {
            clear();
            other.run();
            show();
        });
    }

    /** Nothing more is shown. */
    void end() {
        locked(this::clear);
    }

    private void show() {
        long percent = total == 0 ? 100 : Math.min(100, done * 100 / total);
        if (wanted && percent != shown) {
            shown = percent;
            int full = (int) (percent * WIDTH / 100);
            terminal.print(CLEAR + "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "] " + percent + " % of "
                    + new DataSize(total).rounded());
            terminal.flush();
        }
    }

    private void clear() {
        if (wanted && shown >= 0) {
            shown = -1;
            terminal.print(CLEAR);
            terminal.flush();
        }
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }
}

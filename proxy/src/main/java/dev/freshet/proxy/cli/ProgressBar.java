package dev.freshet.proxy.cli;

import dev.freshet.config.unit.DataSize;
import java.io.PrintWriter;
import java.util.concurrent.locks.ReentrantLock;

/** A progress bar on a terminal, redrawn at each percent. Thread-safe. */
final class ProgressBar {

    private static final int WIDTH = 20;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter terminal;
    private final boolean wanted;
    private final ReentrantLock lock = new ReentrantLock();
    private long total;
    private long done;
    private long shown = -1;

    /** @param wanted whether to write anything */
    ProgressBar(PrintWriter terminal, boolean wanted) {
        this.terminal = terminal;
        this.wanted = wanted;
    }

    /** Whether standard error is a terminal, as the launcher says. */
    static boolean isWanted() {
        return Boolean.getBoolean("freshet.terminal");
    }

    /** Starts at 0 of a number of bytes. */
    void begin(long bytes) {
        locked(() -> {
            total = bytes;
            show();
        });
    }

    /** Adds completed bytes. */
    void add(long bytes) {
        locked(() -> {
            done += bytes;
            show();
        });
    }

    /** Writes other output on lines of its own. */
    void interrupt(Runnable other) {
        locked(() -> {
            clear();
            other.run();
            show();
        });
    }

    /** Removes the bar. */
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

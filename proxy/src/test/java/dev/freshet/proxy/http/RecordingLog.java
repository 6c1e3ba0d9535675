package dev.freshet.proxy.http;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** Remembers the requests that have ended. */
final class RecordingLog implements RequestLog {

    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private final Semaphore ended = new Semaphore(0);

    @Override
    public void ended(Entry entry) {
        entries.add(entry);
        ended.release();
    }

    /** Waits until so many more requests have ended; gives the last. */
    Entry await(int count) throws InterruptedException {
        assertThat(ended.tryAcquire(count, 60, TimeUnit.SECONDS)).as("%s more requests ended", count).isTrue();
        return entries.getLast();
    }

    List<Entry> entries() {
        return entries;
    }
}

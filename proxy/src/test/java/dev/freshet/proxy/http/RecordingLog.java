package dev.freshet.proxy.http;

import dev.freshet.cache.store.Event;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import static org.assertj.core.api.Assertions.assertThat;

/** Remembers the requests that have ended. */
final class RecordingLog implements Consumer<Event> {

    private final List<RequestEnded> entries = new CopyOnWriteArrayList<>();
    private final Semaphore ended = new Semaphore(0);

    @Override
    public void accept(Event event) {
        entries.add((RequestEnded) event);
        ended.release();
    }

    /** Waits until so many more requests have ended; gives the last. */
    RequestEnded await(int count) throws InterruptedException {
        assertThat(ended.tryAcquire(count, 60, TimeUnit.SECONDS)).as("%s more requests ended", count).isTrue();
        return entries.getLast();
    }

    List<RequestEnded> entries() {
        return entries;
    }
}

package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import static org.assertj.core.api.Assertions.assertThat;

/** Remembers what it hears. */
class RecordingListener implements Consumer<Event> {

    private final List<Digest> begun = new CopyOnWriteArrayList<>();
    private final List<FillOutcome> ends = new CopyOnWriteArrayList<>();
    private final List<String> damages = new CopyOnWriteArrayList<>();
    private final List<StoreException> storeFailures = new CopyOnWriteArrayList<>();
    private final Semaphore ended = new Semaphore(0);
    private final AtomicInteger resumptions = new AtomicInteger();
    private volatile long lastBytes;

    @Override
    public void accept(Event event) {
        switch (event) {
            case FillEvent.Began began -> begun.add(began.digest());
            case FillEvent.Resumed resumed -> resumptions.incrementAndGet();
            case FillEvent.Ended end -> {
                lastBytes = end.bytes();
                ends.add(end.outcome());
                ended.release();
            }
            case StoreEvent.Failed failed -> storeFailures.add(failed.failure());
            case StoreEvent.Damaged damaged -> damages.add(damaged.message());
            default -> throw new AssertionError("a fill does not report " + event);
        }
    }

    /** Waits for the next end, and gives it. */
    FillOutcome awaitEnd() throws InterruptedException {
        assertThat(ended.tryAcquire(60, TimeUnit.SECONDS)).as("a fill ended").isTrue();
        return ends.getLast();
    }

    List<Digest> begun() {
        return begun;
    }

    List<FillOutcome> ends() {
        return ends;
    }

    List<String> damages() {
        return damages;
    }

    List<StoreException> storeFailures() {
        return storeFailures;
    }

    /** How many fills have gone on from what was left. */
    int resumptions() {
        return resumptions.get();
    }

    /** How many bytes the last fill had received. */
    long lastBytes() {
        return lastBytes;
    }
}

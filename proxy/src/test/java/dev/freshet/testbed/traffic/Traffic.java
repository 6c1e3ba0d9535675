package dev.freshet.testbed.traffic;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.wire.Progress;
import dev.freshet.testbed.wire.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Everything that the servers of one upstream saw, in the order of arrival. Tests wait on it instead of sleeping. Safe
 * for use by several threads.
 */
public final class Traffic {

    private static final Duration GENEROUS = Duration.ofSeconds(60);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Seen> requests = new ArrayList<>();

    /** Notes a request; the result hears of its answer. */
    public Progress begin(Endpoint endpoint, Request request, Optional<Digest> digest) {
        lock.lock();
        try {
            int index = requests.size();
            requests.add(new Seen(index + 1, endpoint, request, digest, 0, 0, Seen.State.ACTIVE));
            changed.signalAll();
            return new Entry(index);
        } finally {
            lock.unlock();
        }
    }

    /** Every request so far. */
    public List<Seen> all() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    /** The requests so far that the test is interested in. */
    public List<Seen> where(Predicate<Seen> filter) {
        return all().stream().filter(filter).toList();
    }

    /** The requests so far of one endpoint. */
    public List<Seen> of(Endpoint endpoint) {
        return where(s -> s.endpoint() == endpoint);
    }

    /** The GETs at the storage for this blob. */
    public List<Seen> storageGets(Digest digest) {
        return where(s -> s.isStorageGet() && s.digest().equals(Optional.of(digest)));
    }

    /** All GETs at the storage. */
    public List<Seen> storageGets() {
        return where(Seen::isStorageGet);
    }

    /** The bytes of bodies that one endpoint sent. */
    public long bytesSent(Endpoint endpoint) {
        return of(endpoint).stream().mapToLong(Seen::bytesSent).sum();
    }

    /** The requests that are being answered. */
    public List<Seen> active() {
        return where(s -> s.state() == Seen.State.ACTIVE);
    }

    /** Waits until at least so many requests pass the filter, and fails after a minute with all that was seen. */
    public void await(int count, Predicate<Seen> filter) {
        await(count + " such requests", all -> all.stream().filter(filter).count() >= count);
    }

    /** Waits until no request is being answered. */
    public void awaitIdle() {
        await("no request being answered", all -> all.stream().noneMatch(s -> s.state() == Seen.State.ACTIVE));
    }

    /** Waits until the condition holds, and fails after a minute with all that was seen. */
    public void await(String what, Predicate<List<Seen>> condition) {
        long left = GENEROUS.toNanos();
        lock.lock();
        try {
            while (!condition.test(List.copyOf(requests))) {
                if (left <= 0) {
                    throw new AssertionError("waited " + GENEROUS + " in vain for " + what + "; seen:\n" + this);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return all().stream().map(Seen::toString).collect(Collectors.joining("\n"));
    }

    /** What hears of one answer. */
    private final class Entry implements Progress {

        private final int index;

        Entry(int index) {
            this.index = index;
        }

        @Override
        public void started(int status) {
            update(s -> s.with(status, s.bytesSent(), s.state()));
        }

        @Override
        public void sent(long bytes) {
            update(s -> s.with(s.status(), s.bytesSent() + bytes, s.state()));
        }

        @Override
        public void ended(boolean complete) {
            update(s -> s.with(s.status(), s.bytesSent(), complete ? Seen.State.COMPLETE : Seen.State.CUT));
        }

        private void update(UnaryOperator<Seen> change) {
            lock.lock();
            try {
                requests.set(index, change.apply(requests.get(index)));
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}

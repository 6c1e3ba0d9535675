package dev.freshet.proxy.upstream.foreign;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * In which turn the URLs of one foreign layer are asked, by all its downloads: the one that has answered last, and after a
 * failure the one behind it. Safe for use by several threads.
 */
public final class ForeignUrlOrder {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<ForeignUrl> urls;
    private final Set<ForeignUrl> used = new LinkedHashSet<>();
    private int first;

    /** @param urls at least one, the best first */
    ForeignUrlOrder(List<ForeignUrl> urls) {
        this.urls = List.copyOf(urls);
    }

    /** All of them, the one to ask first at the beginning. */
    List<ForeignUrl> now() {
        lock.lock();
        try {
            List<ForeignUrl> turn = new ArrayList<>(urls);
            Collections.rotate(turn, -first);
            return turn;
        } finally {
            lock.unlock();
        }
    }

    /** This one has answered: bytes may come from it. */
    void answered(ForeignUrl url) {
        lock.lock();
        try {
            used.add(url);
            first = urls.indexOf(url);
        } finally {
            lock.unlock();
        }
    }

    /** This one has failed after its answer; if others are not asked first already, the next is. */
    void failed(ForeignUrl url) {
        lock.lock();
        try {
            if (urls.get(first).equals(url)) {
                first = (first + 1) % urls.size();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Those that have answered. */
    List<ForeignUrl> used() {
        lock.lock();
        try {
            return List.copyOf(used);
        } finally {
            lock.unlock();
        }
    }
}

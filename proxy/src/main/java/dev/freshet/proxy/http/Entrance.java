package dev.freshet.proxy.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The entrance of requests: open until it is shut, then it sends them elsewhere; it counts those inside. */
final class Entrance implements HttpHandler {

    private final HttpHandler inside;
    private final HttpHandler elsewhere;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private long count;
    private boolean shut;

    /** @param elsewhere takes the requests that come too late */
    Entrance(HttpHandler inside, HttpHandler elsewhere) {
        this.inside = inside;
        this.elsewhere = elsewhere;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        boolean late = !enter();
        exchange.addExchangeCompleteListener((ended, next) -> {
            try {
                next.proceed();
            } finally {
                leave();
            }
        });
        (late ? elsewhere : inside).handleRequest(exchange);
    }

    private boolean enter() {
        lock.lock();
        try {
            count++;
            return !shut;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            count--;
            if (count == 0) {
                left.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends all requests elsewhere from now on. */
    void shut() {
        lock.lock();
        try {
            shut = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until no request is inside.
     *
     * @return whether all ended in time
     */
    boolean awaitEmpty(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lock();
        try {
            while (count > 0 && nanos > 0) {
                nanos = left.awaitNanos(nanos);
            }
            return count == 0;
        } finally {
            lock.unlock();
        }
    }
}

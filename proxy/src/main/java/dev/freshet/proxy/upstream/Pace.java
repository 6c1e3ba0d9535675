package dev.freshet.proxy.upstream;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Elapsed time, waiting and chance, as parameters of whatever retries. */
public interface Pace {

    /** The real ones. */
    Pace SYSTEM = new Pace() {

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        }

        @Override
        public double random() {
            return ThreadLocalRandom.current().nextDouble();
        }
    };

    /** Nanoseconds since some fixed moment; only differences mean anything. */
    long nanoTime();

    /** Waits. */
    void pause(Duration duration) throws InterruptedException;

    /** A number from 0 (inclusive) to 1 (exclusive). */
    double random();
}

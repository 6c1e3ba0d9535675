package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.OriginException;
import java.util.List;

/** One step on the way of a request: does its part, and passes the request on to the steps after it, once or more. */
interface Step {

    /**
     * Sends a request, and waits for the answer's head.
     *
     * @param next the steps after this one
     * @throws OriginException if there is no answer, or one that must not be followed
     */
    Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException;

    /** The steps that are still before a request. */
    record Chain(List<Step> steps) {

        public Chain {
            steps = List.copyOf(steps);
        }

        Reply proceed(Attempt attempt) throws OriginException, InterruptedException {
            return steps.getFirst().send(attempt, new Chain(steps.subList(1, steps.size())));
        }
    }
}

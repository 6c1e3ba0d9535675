package dev.freshet.proxy.upstream.guard;

import dev.freshet.proxy.upstream.guard.CircuitBreaker.Decision;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Ticket;
import java.time.Duration;
import java.util.List;

/**
 * The permission to make one request. The caller says what came of it, and closes it in any case; only what is said first
 * counts. For use by one thread.
 */
public final class Permit implements Decision, AutoCloseable {

    private final List<Ticket> tickets;
    private boolean told;

    /** @param tickets one for each breaker that could have rejected it; a failure counts at the last */
    Permit(List<Ticket> tickets) {
        this.tickets = List.copyOf(tickets);
    }

    /** The server has answered, if only with a refusal or an error of another kind. */
    public void answered() {
        if (!told) {
            told = true;
            tickets.forEach(Ticket::answered);
        }
    }

    /** The server has failed. */
    public void failed(Failure failure) {
        failed(failure, Duration.ZERO);
    }

    /**
     * The server has failed, or refused the request.
     *
     * @param stated for how long it wants to be left alone; zero when it has not said
     * @return for how long no such request is made; zero when requests still are
     */
    public Duration failed(Failure failure, Duration stated) {
        if (told) {
            return Duration.ZERO;
        }
        told = true;
        tickets.subList(0, tickets.size() - 1).forEach(Ticket::withdrawn);
        return tickets.getLast().failed(failure, stated);
    }

    /** It has ended; without a word before, nothing was found out. */
    @Override
    public void close() {
        if (!told) {
            told = true;
            tickets.forEach(Ticket::withdrawn);
        }
    }
}

package dev.freshet.cache.flight;

import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.Extent;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;

/**
 * Parts of a blob that is on its way. Some of it may be left from an earlier flight, and nobody has read that since: when it
 * turns out that it cannot be read, the reader goes on with another flight, once, and the one before is not to be joined.
 */
final class PartsContent implements Content {

    private final FlightReader first;
    private final BiFunction<FlightReader, StoreException, Optional<Content>> again;
    private volatile Content current;
    private volatile boolean closed;
    private List<Extent> wanted = List.of();

    private PartsContent(FlightReader first, BiFunction<FlightReader, StoreException, Optional<Content>> again) {
        this.first = first;
        this.again = again;
        this.current = first;
    }

    /**
     * The same, but that a reader of parts goes on with another flight when it must.
     *
     * @param again joins or begins one in place of the reader's, which has failed; empty when there is none to be had
     */
    static Lookup lasting(Lookup found, BiFunction<FlightReader, StoreException, Optional<Content>> again) {
        return switch (found) {
            case Lookup.Joined(FlightReader reader, Repository leader) when !reader.isWhole() ->
                new Lookup.Joined(new PartsContent(reader, again), leader);
            case Lookup.Leading(FlightReader reader) when !reader.isWhole() ->
                new Lookup.Leading(new PartsContent(reader, again));
            case Lookup.Stored other -> other;
            case Lookup.Joined other -> other;
            case Lookup.Leading other -> other;
            case Lookup.Declined other -> other;
        };
    }

    @Override
    public OptionalLong awaitLength(Duration timeout) throws ContentException, InterruptedException {
        return current.awaitLength(timeout);
    }

    @Override
    public void want(List<Extent> parts) {
        wanted = parts;
        current.want(parts);
    }

    @Override
    public void awaitAnswer() throws ContentException, InterruptedException {
        current.awaitAnswer();
    }

    @Override
    public boolean isKept() {
        return current.isKept();
    }

    @Override
    public Source source() {
        return current.source();
    }

    @Override
    public boolean isReadableAgain() {
        return current.isReadableAgain();
    }

    @Override
    public int read(long position, ByteBuffer destination) throws ContentException {
        Content now = current;
        int before = destination.position();
        try {
            return now.read(position, destination);
        } catch (ContentException e) {
            if (!now.equals(first) || closed || !(e.getCause() instanceof StoreException unreadable)) {
                throw e;
            }
            return moved(unreadable, e, position).read(position, destination.position(before));
        }
    }

    private Content moved(StoreException unreadable, ContentException failure, long position) throws ContentException {
        first.forsake();
        Content next = again.apply(first, unreadable).orElseThrow(() -> failure);
        next.want(left(position));
        current = next;
        first.close();
        if (closed) {
            next.close();
        }
        return next;
    }

    /** What is wanted from a position on, in the order in which it is. */
    private List<Extent> left(long position) {
        List<Extent> left = new ArrayList<>();
        for (Extent part : wanted) {
            boolean isHere = left.isEmpty() && part.from() <= position && position < part.to();
            if (isHere) {
                left.add(new Extent(position, part.to()));
            } else if (!left.isEmpty()) {
                left.add(part);
            }
        }
        return left.isEmpty() ? wanted : left;
    }

    @Override
    public void whenReadable(long position, Runnable task) {
        current.whenReadable(position, task);
    }

    @Override
    public void close() {
        closed = true;
        current.close();
    }
}

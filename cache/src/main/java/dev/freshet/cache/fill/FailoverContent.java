package dev.freshet.cache.fill;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The content of a fill for a reader that goes on with another fill, once, when its own is of no use to it. Ranges may be left
 * from an earlier fill, and turn out to be unreadable. And the fill may be from another upstream, which is silent, or fails: the
 * reader has an origin of its own, and goes there as long as it has read nothing, as bytes of two origins are never joined. The
 * length that its client was told stays: content that turns out to have another length does not end as if it were whole.
 */
final class FailoverContent implements OpenedContent {

    private final FillReader first;
    private final boolean isElsewhere;
    private final Another another;
    private volatile OpenedContent current;
    private volatile boolean closed;
    private volatile boolean hasRead;
    private List<ByteRange> wanted = List.of();
    private OptionalLong told = OptionalLong.empty();

    /** Opens content in place of a reader's fill, and joins or begins another for it; empty when none may begin. */
    interface Another {

        /** In place of a fill whose left-over bytes cannot be read. */
        Optional<OpenedContent> insteadOf(FillReader reader, StoreException unreadable);

        /**
         * In place of a fill from another upstream.
         *
         * @param told the length that the reader's client was told; empty when it was told none
         */
        Optional<OpenedContent> elsewhere(FillReader reader, OptionalLong told);
    }

    private FailoverContent(FillReader first, boolean isElsewhere, Another another) {
        this.first = first;
        this.isElsewhere = isElsewhere;
        this.another = another;
        this.current = first;
        first.mayLeave(isElsewhere);
    }

    /**
     * The same, but that a reader goes on with another fill when it must.
     *
     * @param own where the reader's own origin is
     */
    static Lookup of(Lookup found, RegistryHost own, Another another) {
        return switch (found) {
            case Lookup.Joined(FillReader reader, Repository leader) when !leader.registry().equals(own) ->
                new Lookup.Joined(new FailoverContent(reader, true, another), leader);
            case Lookup.Joined(FillReader reader, Repository leader) when !reader.isWhole() ->
                new Lookup.Joined(new FailoverContent(reader, false, another), leader);
            case Lookup.Started(FillReader reader) when !reader.isWhole() ->
                new Lookup.Started(new FailoverContent(reader, false, another));
            case Lookup.Stored other -> other;
            case Lookup.Joined other -> other;
            case Lookup.Started other -> other;
            case Lookup.Rejected other -> other;
        };
    }

    /** Waits for another upstream's fill only for as long as it may stand still. */
    @Override
    public OptionalLong awaitLength(Duration timeout) throws ContentException, InterruptedException {
        boolean hasWaited = isElsewhere && !first.awaitHead(Fetching.STANDSTILL);
        if (hasWaited) {
            leaveIfStandingStill();
        }
        told = current.awaitLength(hasWaited ? timeout.minus(Fetching.STANDSTILL) : timeout);
        return told;
    }

    @Override
    public void want(List<ByteRange> parts) {
        wanted = parts;
        current.want(parts);
    }

    @Override
    public void awaitAnswer() throws ContentException, InterruptedException {
        current.awaitAnswer();
        leaveIfStandingStill();
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
        OpenedContent now = current;
        int before = destination.position();
        try {
            int count = now.read(position, destination);
            if (count > 0 && !hasRead) {
                hasRead = true;
                first.mayLeave(false);
            }
            return count == 0 && leaveIfStandingStill() ? current.read(position, destination) : count;
        } catch (ContentException e) {
            if (!now.equals(first) || closed) {
                throw e;
            }
            return insteadOf(e, position).read(position, destination.position(before));
        }
    }

    private OpenedContent insteadOf(ContentException failure, long position) throws ContentException {
        if (failure.getCause() instanceof StoreException unreadable && !first.isWhole()) {
            first.forsake();
            return goOn(another.insteadOf(first, unreadable).orElseThrow(() -> failure), position);
        }
        FillOutcome end = failure.end();
        if (isElsewhere && !hasRead && end != null && end.isOfItsOrigin()) {
            return goOn(another.elsewhere(first, told).orElseThrow(() -> failure), position);
        }
        throw failure;
    }

    /** Whether it has just left a fill from elsewhere that sends nothing. */
    private boolean leaveIfStandingStill() {
        if (!isElsewhere || hasRead || closed || !current.equals(first) || !first.isStandingStill()) {
            return false;
        }
        Optional<OpenedContent> next = another.elsewhere(first, told);
        next.ifPresent(content -> goOn(content, wanted.isEmpty() ? 0 : wanted.getFirst().from()));
        return next.isPresent();
    }

    private OpenedContent goOn(OpenedContent next, long position) {
        if (next instanceof FillReader reader) {
            reader.hasTold(told);
        }
        if (!wanted.isEmpty()) {
            next.want(left(position));
        }
        current = next;
        first.close();
        if (closed) {
            next.close();
        }
        return next;
    }

    /** The wanted ranges from a position on, in their order. */
    private List<ByteRange> left(long position) {
        List<ByteRange> left = new ArrayList<>();
        for (ByteRange part : wanted) {
            boolean isHere = left.isEmpty() && part.from() <= position && position < part.to();
            if (isHere) {
                left.add(new ByteRange(position, part.to()));
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

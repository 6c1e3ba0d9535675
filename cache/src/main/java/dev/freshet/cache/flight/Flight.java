package dev.freshet.cache.flight;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One blob's download for everybody who wants it: detached from the client that began it, it runs on a thread of its own
 * until its one end.
 *
 * <p>The law it keeps: the digest is verified before the commit, and the last bytes are withheld from readers until it
 * is, so that no reader of the whole ever completes a body that is wrong. With a stated length the last byte is
 * withheld; without one, the last read. Readers do not wait for the commit; whoever comes while it is made still joins.
 */
final class Flight implements Runnable {

    private static final int READ_SIZE = 128 * 1024;

    private final Digest digest;
    private final OptionalLong expectedLength;
    private final BlobOrigin origin;
    private final BlobStore store;
    private final FlightListener listener;
    private final Runnable onEnd;
    private final FlightBoard board = new FlightBoard();

    private volatile @Nullable Thread runner;
    private volatile @Nullable Transfer transfer;
    private volatile long written;

    /**
     * @param expectedLength bytes, as a manifest has stated it; an origin that states another is refused, and one that
     *     states none is taken at the manifest's word; empty when none has
     * @param onEnd runs once, when the end is decided and before readers learn of it
     */
    Flight(Digest digest, OptionalLong expectedLength, BlobOrigin origin, BlobStore store, FlightListener listener,
            Runnable onEnd) {
        this.digest = digest;
        this.expectedLength = expectedLength;
        this.origin = origin;
        this.store = store;
        this.listener = listener;
        this.onEnd = onEnd;
    }

    /** The repository that it is fetched from. */
    Repository repository() {
        return origin.repository();
    }

    /** What readers see of it. */
    FlightBoard board() {
        return board;
    }

    @Override
    public void run() {
        runner = Thread.currentThread();
        try {
            if (board.end() == null) {
                finish(fly());
            }
        } finally {
            runner = null;
            board.landed();
        }
    }

    /** Ends it now, wherever it is; its readers are cut off. */
    void abort() {
        finish(new FlightEnd.Aborted());
        Transfer running = transfer;
        if (running != null) {
            running.close();
        }
        Thread waiting = runner;
        if (waiting != null) {
            waiting.interrupt();
        }
    }

    private FlightEnd fly() {
        try (Transfer opened = open()) {
            transfer = opened;
            FlightEnd aborted = board.end();
            return aborted != null ? aborted : fill(opened);
        } catch (OriginException e) {
            return new FlightEnd.OriginFailed(e);
        } catch (StoreException e) {
            return new FlightEnd.StoreFailed(e);
        } catch (InterruptedException e) {
            return new FlightEnd.Aborted();
        } catch (RuntimeException | Error e) {
            return new FlightEnd.Broken(e);
        }
    }

    private Transfer open() throws OriginException, InterruptedException {
        listener.began(digest, origin);
        return origin.open(0);
    }

    private FlightEnd fill(Transfer source) throws OriginException, StoreException, InterruptedException {
        OptionalLong stated = source.length();
        OptionalLong length = stated.isPresent() ? stated : expectedLength;
        if (expectedLength.isPresent() && !length.equals(expectedLength)) {
            return new FlightEnd.LengthMismatch(digest, expectedLength.getAsLong(), length.getAsLong());
        }
        BlobWriter writer = store.begin(digest, length);
        board.opened(length, writer);
        MessageDigest hash = digest.algorithm().newHash();
        ByteBuffer buffer = ByteBuffer.allocate(READ_SIZE);
        long total = 0;
        while (source.read(buffer) >= 0) {
            int received = buffer.flip().remaining();
            if (length.isPresent() && total + received > length.getAsLong()) {
                return new FlightEnd.LengthMismatch(digest, length.getAsLong(), total + received);
            }
            hash.update(buffer.array(), 0, received);
            writer.append(buffer);
            buffer.clear();
            total += received;
            written = total;
            board.publish(length.isPresent() ? Math.min(total, length.getAsLong() - 1) : total - received);
        }
        if (length.isPresent() && total != length.getAsLong()) {
            return new FlightEnd.LengthMismatch(digest, length.getAsLong(), total);
        }
        Digest actual = Digest.of(digest.algorithm(), hash);
        if (!actual.equals(digest)) {
            return new FlightEnd.DigestMismatch(digest, actual);
        }
        board.verified(total);
        writer.commit().close();
        return new FlightEnd.Complete(total);
    }

    private void finish(FlightEnd end) {
        if (board.decide(end)) {
            try {
                onEnd.run();
                listener.ended(digest, origin, end, written);
            } finally {
                board.announceEnd();
            }
        }
    }
}

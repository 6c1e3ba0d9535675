package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an earlier process has left without a commit record: contents to go on with, and contents to be freed. */
final class LooseEnds {

    private static final Logger LOG = LoggerFactory.getLogger(LooseEnds.class);

    private final Database index;
    private final CommitRecords records;
    private final Segments segments;
    private final PartialBlobs partials;
    private final GarbageCollector disposal;

    LooseEnds(Database index, CommitRecords records, Segments segments, PartialBlobs partials, GarbageCollector disposal) {
        this.index = index;
        this.records = records;
        this.segments = segments;
        this.partials = partials;
        this.disposal = disposal;
    }

    /**
     * Takes them over, and returns their numbers. Segments that were made and not noted any more are deleted; where nothing
     * can be, all is left to the next open.
     */
    Set<Long> gather() throws StoreException {
        Map<Long, Loose> found = read();
        try {
            for (Map.Entry<Long, Loose> each : found.entrySet()) {
                if (each.getValue() instanceof Loose.Partial partial) {
                    segments.delete(() -> "sweep", each.getKey(), partial.missingChunks());
                }
            }
        } catch (StoreException e) {
            LOG.warn("what an earlier process has left is not gone on with: {}", e.getMessage());
            return found.keySet();
        }
        Map<Long, Long> onDisk = found.isEmpty() ? Map.of() : segments.diskBytes();
        found.forEach((number, loose) -> take(number, loose, onDisk.getOrDefault(number, 0L)));
        return found.keySet();
    }

    private Map<Long, Loose> read() throws StoreException {
        Map<Long, Loose> found = new HashMap<>();
        index.scan(() -> "look-up of loose ends", Family.LOOSE, Keys.FIRST, (key, value) -> {
            Loose loose;
            try {
                loose = Loose.decode(value);
            } catch (IllegalArgumentException e) {
                LOG.warn("what is under number {} is freed: {}", Keys.number(key), e.getMessage());
                loose = new Loose.Doomed(Family.SEGMENTS);
            }
            found.put(Keys.number(key), loose);
            return true;
        });
        return found;
    }

    private void take(long number, Loose loose, long diskBytes) {
        switch (loose) {
            case Loose.Partial partial when partial.diskBytes() == diskBytes && !isCommitted(partial.digest()) -> {
                LOG.info("{} bytes of {} are here from before, and the next fill goes on from there",
                        partial.present().bytes(), partial.digest());
                PartialBlobs.Left older = partials.leave(new PartialBlobs.Left(number, partial));
                if (older != null) {
                    disposal.add(older.unused());
                }
            }
            case Loose.Partial partial -> disposal.add(new DeletedBlob(Family.SEGMENTS, number, diskBytes));
            case Loose.Doomed(Family family) -> disposal.add(new DeletedBlob(family, number, diskBytes));
        }
    }

    /** Whether it is complete under another number: the process ended before what it did not need any more was freed. */
    private boolean isCommitted(Digest digest) {
        try {
            return records.find(digest) != null;
        } catch (StoreException e) {
            LOG.warn("what is left of {} stays, as it cannot be told whether it is complete: {}", digest,
                    e.getMessage());
            return false;
        }
    }
}

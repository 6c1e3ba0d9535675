package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.catalog.CommitRecords;
import dev.freshet.cache.rocks.catalog.ImageParts;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.store.StoreException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stored parts of images of which the cache has lost another part: they are of little use without it, so they are
 * evicted first. A part that a complete image shares is spared. Not safe for use by several threads.
 */
final class IncompleteImages {

    /** More images than this with one part in common are not looked at: that part was the coldest, so are they. */
    private static final int IMAGES_AT_MOST = 64;
    private static final int PARTS_AT_MOST = 10_000;

    private final ImageParts images;
    private final CommitRecords records;
    private final Queue<Digest> parts = new ArrayDeque<>();
    private final Set<Digest> queued = new HashSet<>();

    /**
     * A stored part that belongs to incomplete images only.
     *
     * @param digest which
     * @param number the number it is stored under
     */
    record Part(Digest digest, long number) {}

    IncompleteImages(ImageParts images, CommitRecords records) {
        this.images = images;
        this.records = records;
    }

    /** Notes that a part is gone. */
    void evicted(Digest part) throws StoreException {
        for (Digest image : images.wholes(part, IMAGES_AT_MOST)) {
            for (Digest other : images.parts(image)) {
                if (parts.size() < PARTS_AT_MOST && !other.equals(part) && queued.add(other)) {
                    parts.add(other);
                }
            }
        }
    }

    /** The next part that is stored and belongs to no whole image; null when none is known. */
    @Nullable
    Part next() throws StoreException {
        for (Digest part = parts.poll(); part != null; part = parts.poll()) {
            queued.remove(part);
            CommitRecord record = records.find(part);
            if (record != null && record.family() == Family.SEGMENTS && isOnlyInIncomplete(part)) {
                return new Part(part, record.number());
            }
        }
        return null;
    }

    private boolean isOnlyInIncomplete(Digest part) throws StoreException {
        for (Digest image : images.wholes(part, Integer.MAX_VALUE)) {
            if (isWhole(image)) {
                return false;
            }
        }
        return true;
    }

    private boolean isWhole(Digest image) throws StoreException {
        if (records.find(image) == null) {
            return false;
        }
        for (Digest part : images.parts(image)) {
            if (records.find(part) == null) {
                return false;
            }
        }
        return true;
    }
}

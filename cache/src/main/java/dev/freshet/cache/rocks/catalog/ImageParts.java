package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of each image, and the images of each part. May be used by any thread. */
public final class ImageParts {

    private static final Logger LOG = LoggerFactory.getLogger(ImageParts.class);
    private static final byte[] NOTHING = {};

    private final Database index;

    public ImageParts(Database index) {
        this.index = index;
    }

    void put(Digest manifest, Set<Digest> parts) throws StoreException {
        List<byte[]> names = parts.stream().map(Keys::digest).toList();
        ByteBuffer all = ByteBuffer.allocate(names.stream().mapToInt(name -> name.length).sum());
        names.forEach(all::put);
        index.write(() -> "note of the parts of " + manifest, batch -> {
            batch.put(Family.PARTS, Keys.digest(manifest), all.array());
            for (Digest part : parts) {
                batch.put(Family.WHOLES, Keys.digests(part, manifest), NOTHING);
            }
        });
    }

    /** Forgets what an image consists of. */
    public void remove(Digest manifest) throws StoreException {
        Set<Digest> parts = parts(manifest);
        if (!parts.isEmpty()) {
            index.write(() -> "removal of the parts of " + manifest, batch -> {
                batch.delete(Family.PARTS, Keys.digest(manifest));
                for (Digest part : parts) {
                    batch.delete(Family.WHOLES, Keys.digests(part, manifest));
                }
            });
        }
    }

    /** The parts of an image; empty when they were never stated, or what was cannot be understood. */
    public Set<Digest> parts(Digest manifest) throws StoreException {
        byte[] value = index.get(() -> "look-up of the parts of " + manifest, Family.PARTS, Keys.digest(manifest));
        Set<Digest> parts = new LinkedHashSet<>();
        try {
            for (ByteBuffer names = ByteBuffer.wrap(value == null ? NOTHING : value); names.hasRemaining();) {
                parts.add(Keys.digest(names));
            }
        } catch (IllegalArgumentException e) {
            LOG.warn("the parts of {} make no sense, which counts as none: {}", manifest, e.getMessage());
        }
        return parts;
    }

    /** The manifests of images that a part belongs to, not more than so many. */
    public List<Digest> wholes(Digest part, int most) throws StoreException {
        byte[] prefix = Keys.digest(part);
        List<Digest> wholes = new ArrayList<>();
        index.scanPrefix(() -> "look-up of the images of " + part, Family.WHOLES, prefix, (key, value) -> {
            wholes.add(Keys.digest(ByteBuffer.wrap(key, prefix.length, key.length - prefix.length)));
            return wholes.size() < most;
        });
        return wholes;
    }
}

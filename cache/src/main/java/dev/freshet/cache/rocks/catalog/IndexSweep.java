package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removal of facts about content that has gone, some at a time, round after round. Otherwise the index would grow
 * for ever, at the expense of content.
 *
 * <p>What stays: facts about content that is stored, and what a stored manifest lists with URLs; the link of a blob
 * that a stored manifest names; a tag that was confirmed within {@link #LATELY} before the latest confirmation since
 * the open, so that time stands still while no upstream answers, and is never that of a clock that was wrong before,
 * and the link of the manifest that it means, from which a HEAD is answered; a list, of tags or of referrers, that is
 * stored and was confirmed as lately; an absence that was; where the body of a signed manifest is stored, and the link
 * of that manifest. What has come to be of use while it was taken out is put back. A fact that is removed too early
 * costs one more request to the upstream.
 *
 * <p>Not safe for use by several threads; the index may be used meanwhile.
 */
public final class IndexSweep {

    /** Entries that one step looks at, at most. */
    public static final int AT_ONCE = 500;

    /** For how long a tag is of use without its manifest. */
    public static final Duration LATELY = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger(IndexSweep.class);
    private static final List<Family> ROUND = List.of(Family.TAGS, Family.LINKS, Family.PARTS, Family.WHOLES);
    private static final int TAGS_AT_MOST = 10_000;
    private static final int IMAGES_AT_MOST = 64;

    private final Database index;
    private final CommitRecords records;
    private final ImageParts images;
    private final Map<String, Set<Digest>> tagged = new HashMap<>();
    private final Supplier<Instant> latest;
    private int family;
    private byte[] next = Keys.FIRST;
    private long removed;
    private int tagsRead;

    private static final class Entry {

        private final byte[] key;
        private final byte[] value;

        Entry(byte[] key, byte[] value) {
            this.key = key;
            this.value = value;
        }
    }

    /** @param latest confirmation of a tag or a list since the open */
    public IndexSweep(Database index, CommitRecords records, ImageParts images, Supplier<Instant> latest) {
        this.latest = latest;
        this.index = index;
        this.records = records;
        this.images = images;
    }

    /** Looks at the next entries, and says whether that ended a round. */
    public boolean step() throws StoreException {
        Family swept = ROUND.get(family);
        List<Entry> entries = entries(swept);
        tagged.clear();
        tagsRead = 0;
        for (Entry entry : entries) {
            if (tagsRead > TAGS_AT_MOST) {
                return false;
            }
            sweep(swept, entry);
            next = Arrays.copyOf(entry.key, entry.key.length + 1);
        }
        if (entries.size() == AT_ONCE) {
            return false;
        }
        next = Keys.FIRST;
        family = (family + 1) % ROUND.size();
        if (family == 0 && removed > 0) {
            LOG.info("took {} facts about content that has gone out of the index", removed);
            removed = 0;
        }
        return family == 0;
    }

    private List<Entry> entries(Family swept) throws StoreException {
        List<Entry> entries = new ArrayList<>();
        index.scan(() -> "sweep of the index", swept, next, (key, value) -> {
            entries.add(new Entry(key, value));
            return entries.size() < AT_ONCE;
        });
        return entries;
    }

    private void sweep(Family swept, Entry entry) throws StoreException {
        if (isOfUse(swept, entry)) {
            return;
        }
        index.write(() -> "sweep of the index", batch -> batch.delete(swept, entry.key));
        removed++;
        if (isOfUse(swept, entry)) {
            index.write(() -> "sweep of the index",
                    batch -> batch.put(swept, entry.key, entry.value));
            removed--;
        }
    }

    /** What cannot be understood, or looked up, stays where it is. */
    private boolean isOfUse(Family swept, Entry entry) {
        try {
            return switch (swept) {
                case TAGS -> isOfUse(entry.key, CatalogCodec.decodeTag(entry.value));
                case LINKS -> {
                    Optional<Digest> root = ForeignCodec.rootOf(entry.key);
                    yield root.isPresent() ? isStored(root.get()) : isOfUse(CatalogCodec.decodeLinkKey(entry.key));
                }
                case PARTS -> isStored(Keys.digest(ByteBuffer.wrap(entry.key)));
                case WHOLES -> hasParts(ByteBuffer.wrap(entry.key));
                case SEGMENTS, SMALL, NOTES, LOOSE, BLOBS, OWNERS ->
                    throw new IllegalStateException(swept + " is not swept");
            };
        } catch (IllegalArgumentException | StoreException e) {
            LOG.debug("an entry of {} stays: {}", swept, e.getMessage());
            return true;
        }
    }

    private boolean isOfUse(byte[] key, TagEntry answer) throws StoreException {
        if (AnswerCodec.manifest(key).isPresent()) {
            return isStored(answer.digest());
        }
        boolean isLate = answer.confirmedAt().isAfter(latest.get().minus(LATELY));
        return AnswerCodec.isList(key) ? isLate && isStored(answer.digest()) : isLate || isStored(answer.digest());
    }

    private boolean isOfUse(CatalogCodec.LinkKey link) throws StoreException {
        if (isStored(link.digest())) {
            return true;
        }
        if (link.kind() == ContentKind.MANIFEST) {
            return tagged(link.repository()).contains(link.digest());
        }
        for (Digest image : images.wholes(link.digest(), IMAGES_AT_MOST)) {
            if (isStored(image)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasParts(ByteBuffer key) throws StoreException {
        Digest part = Keys.digest(key);
        Digest image = Keys.digest(key);
        return index.get(() -> "look-up of an image of " + part, Family.PARTS, Keys.digest(image)) != null;
    }

    /** The manifests that tags of a repository mean, or whose bodies are noted, as far as they were looked at. */
    private Set<Digest> tagged(String repository) throws StoreException {
        Set<Digest> known = tagged.get(repository);
        if (known != null) {
            return known;
        }
        Set<Digest> found = new HashSet<>();
        int before = tagsRead;
        index.scanPrefix(() -> "look-up of tags", Family.TAGS, CatalogCodec.prefix(repository), (key, value) -> {
            found.add(CatalogCodec.decodeTag(value).digest());
            AnswerCodec.manifest(key).ifPresent(found::add);
            tagsRead++;
            return tagsRead - before < TAGS_AT_MOST;
        });
        tagged.put(repository, found);
        return found;
    }

    private boolean isStored(Digest digest) throws StoreException {
        return records.find(digest) != null;
    }
}

package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.ForeignLayer;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.Resource;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A catalog that keeps each fact under a key of its own. An entry that cannot be understood is logged, and counts as
 * absent.
 */
public final class RocksCatalog implements Catalog {

    private static final Logger LOG = LoggerFactory.getLogger(RocksCatalog.class);

    private final Database database;
    private final ImageParts images;
    private final AtomicReference<Instant> latest = new AtomicReference<>(Instant.EPOCH);

    public RocksCatalog(Database database, ImageParts images) {
        this.database = database;
        this.images = images;
    }

    @Override
    public Optional<TagEntry> tag(Repository repository, Tag tag) throws StoreException {
        return get(() -> "look-up of " + repository + ":" + tag, Family.TAGS, CatalogCodec.tagKey(repository, tag),
                CatalogCodec::decodeTag);
    }

    @Override
    public void putTag(Repository repository, Tag tag, TagEntry entry) throws StoreException {
        byte[] key = CatalogCodec.tagKey(repository, tag);
        confirmed(entry);
        put(() -> "note of " + repository + ":" + tag, key, entry, List.of());
    }

    @Override
    public void removeTag(Repository repository, Tag tag) throws StoreException {
        remove(() -> "removal of " + repository + ":" + tag, CatalogCodec.tagKey(repository, tag));
    }

    @Override
    public Optional<Link> link(Repository repository, ContentKind kind, Digest digest) throws StoreException {
        return get(() -> "look-up of " + repository + "@" + digest, Family.LINKS,
                CatalogCodec.linkKey(repository, kind, digest), value -> CatalogCodec.decodeLink(kind, value));
    }

    @Override
    public void putLinks(Repository repository, Map<Digest, Link> links) throws StoreException {
        database.write(() -> "note of what " + repository + " holds", batch -> {
            for (Map.Entry<Digest, Link> link : links.entrySet()) {
                batch.put(Family.LINKS, CatalogCodec.linkKey(repository, link.getValue().kind(), link.getKey()),
                        CatalogCodec.encode(link.getValue()));
            }
        });
    }

    @Override
    public void removeLinks(Repository repository, ContentKind kind, Set<Digest> digests) throws StoreException {
        database.write(() -> "removal of what " + repository + " held", batch -> {
            for (Digest digest : digests) {
                batch.delete(Family.LINKS, CatalogCodec.linkKey(repository, kind, digest));
            }
        });
    }

    @Override
    public void putParts(Digest manifest, Set<Digest> parts) throws StoreException {
        images.put(manifest, parts);
    }

    @Override
    public Set<Digest> parts(Digest manifest) throws StoreException {
        return images.parts(manifest);
    }

    @Override
    public void putForeign(Repository repository, Digest manifest, Map<Digest, ForeignLayer> layers)
            throws StoreException {
        database.write(() -> "note of what " + repository + "@" + manifest + " lists with URLs", batch -> {
            for (Map.Entry<Digest, ForeignLayer> layer : layers.entrySet()) {
                batch.put(Family.LINKS, ForeignCodec.listedKey(repository, layer.getKey(), manifest),
                        ForeignCodec.encode(layer.getValue()));
            }
        });
    }

    @Override
    public List<ForeignLayer> foreign(Repository repository, Digest blob, int most) throws StoreException {
        List<ForeignLayer> layers = new ArrayList<>();
        database.scanPrefix(() -> "look-up of the URLs of " + repository + "@" + blob, Family.LINKS,
                ForeignCodec.listedPrefix(repository, blob), (key, value) -> {
                    ForeignCodec.decode(value).ifPresent(layers::add);
                    return layers.size() < most;
                });
        return layers;
    }

    @Override
    public void putDelivered(RegistryHost registry, Digest blob, Collection<String> urls) throws StoreException {
        database.write(() -> "note of what has delivered " + blob, batch -> {
            for (String url : urls) {
                batch.put(Family.LINKS, ForeignCodec.deliveredKey(registry, blob, url), ForeignCodec.DELIVERED);
            }
        });
    }

    @Override
    public boolean delivered(RegistryHost registry, Digest blob, String url) throws StoreException {
        return database.get(() -> "look-up of what has delivered " + blob, Family.LINKS,
                ForeignCodec.deliveredKey(registry, blob, url)) != null;
    }

    @Override
    public Optional<TagEntry> answer(Repository repository, Question question) throws StoreException {
        return get(() -> "look-up of " + question + " of " + repository, Family.TAGS,
                AnswerCodec.key(repository, question), CatalogCodec::decodeTag);
    }

    @Override
    public void putAnswer(Repository repository, Question question, TagEntry answer) throws StoreException {
        byte[] key = AnswerCodec.key(repository, question);
        List<byte[]> forgotten = question instanceof Question.Variant(Tag tag, Digest accepted)
                ? crowdedOut(AnswerCodec.variants(repository, tag), key, MOST_VARIANTS, answer.confirmedAt())
                : List.of();
        confirmed(answer);
        put(() -> "note of " + question + " of " + repository, key, answer, forgotten);
    }

    private void put(Supplier<String> attempt, byte[] key, TagEntry entry, List<byte[]> forgotten)
            throws StoreException {
        database.write(attempt, batch -> {
            for (byte[] old : forgotten) {
                batch.delete(Family.TAGS, old);
            }
            batch.put(Family.TAGS, key, CatalogCodec.encode(entry));
        });
    }

    private void remove(Supplier<String> attempt, byte[] key) throws StoreException {
        database.write(attempt, batch -> batch.delete(Family.TAGS, key));
    }

    /**
     * The keys beside this one for which there is no room: those confirmed longest ago.
     *
     * @param prefix what they begin with
     * @param now what was confirmed after it counts as the oldest
     */
    private List<byte[]> crowdedOut(byte[] prefix, byte[] key, int most, Instant now) throws StoreException {
        NavigableMap<Instant, List<byte[]>> others = new TreeMap<>();
        database.scanPrefix(() -> "look-up of what is noted beside it", Family.TAGS, prefix, (other, value) -> {
            if (!Arrays.equals(other, key)) {
                Instant at = confirmedAt(value);
                others.computeIfAbsent(at.isAfter(now) ? Instant.MIN : at, same -> new ArrayList<>()).add(other);
            }
            return true;
        });
        List<byte[]> oldestFirst = others.values().stream().flatMap(List::stream).toList();
        return oldestFirst.subList(0, Math.max(0, oldestFirst.size() - (most - 1)));
    }

    private void confirmed(TagEntry entry) {
        latest.accumulateAndGet(entry.confirmedAt(), (one, other) -> one.isAfter(other) ? one : other);
    }

    /** The latest confirmation of a tag or a list that was stated here since the open; 1970 when none was. */
    public Instant latest() {
        return latest.get();
    }

    private static Instant confirmedAt(byte[] value) {
        try {
            return CatalogCodec.decodeTag(value).confirmedAt();
        } catch (IllegalArgumentException e) {
            return Instant.MIN;
        }
    }

    @Override
    public void removeAnswer(Repository repository, Question question) throws StoreException {
        remove(() -> "removal of " + question + " of " + repository, AnswerCodec.key(repository, question));
    }

    @Override
    public Optional<Instant> absence(Repository repository, Resource resource) throws StoreException {
        return get(() -> "look-up of the absence of " + resource + " of " + repository, Family.TAGS,
                AnswerCodec.absence(repository, resource), CatalogCodec::decodeTag).map(TagEntry::confirmedAt);
    }

    @Override
    public void putAbsence(Repository repository, Resource resource, Instant confirmedAt) throws StoreException {
        byte[] key = AnswerCodec.absence(repository, resource);
        List<byte[]> forgotten = crowdedOut(AnswerCodec.besideAbsence(key), key, MOST_ABSENCES / 256, confirmedAt);
        put(() -> "note of the absence of " + resource + " of " + repository, key,
                new TagEntry(AnswerCodec.name(repository, resource), confirmedAt), forgotten);
    }

    @Override
    public void removeAbsence(Repository repository, Resource resource) throws StoreException {
        remove(() -> "removal of the absence of " + resource + " of " + repository,
                AnswerCodec.absence(repository, resource));
    }

    private <T> Optional<T> get(Supplier<String> attempt, Family family, byte[] key, Function<byte[], T> decode)
            throws StoreException {
        byte[] value = database.get(attempt, family, key);
        try {
            return value == null ? Optional.empty() : Optional.of(decode.apply(value));
        } catch (IllegalArgumentException e) {
            LOG.warn("{} found nothing that makes sense, which counts as nothing: {}", attempt.get(), e.getMessage());
            return Optional.empty();
        }
    }
}

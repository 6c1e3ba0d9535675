package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.StoreException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** A catalog on the heap, for tests; its failures are data. */
public final class InMemoryCatalog implements Catalog {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<TagKey, TagEntry> tags = new HashMap<>();
    private final Map<LinkKey, Link> links = new HashMap<>();
    private final Map<Digest, Set<Digest>> parts = new HashMap<>();
    private final Map<Listed, ForeignLayer> foreign = new HashMap<>();
    private final Map<AnswerKey, TagEntry> answers = new HashMap<>();
    private final Map<AbsenceKey, Instant> absences = new HashMap<>();
    private final Set<Delivered> delivered = new HashSet<>();
    private volatile boolean failing;

    private record TagKey(Repository repository, Tag tag) {}

    private record LinkKey(Repository repository, ContentKind kind, Digest digest) {}

    private record Listed(Repository repository, Digest manifest, Digest blob) {}

    private record AnswerKey(Repository repository, Question question) {}

    private record AbsenceKey(RegistryHost registry, Optional<Repository> repository, Resource resource) {

        static AbsenceKey of(Repository repository, Resource resource) {
            boolean isOfRepository = !(resource instanceof Resource.ReferrersApi);
            return new AbsenceKey(repository.registry(), Optional.of(repository).filter(of -> isOfRepository),
                    resource);
        }
    }

    private record Delivered(RegistryHost registry, Digest blob, String url) {}

    /** Something done to the maps. */
    private interface Work<T> {

        T run();
    }

    /** Lets every call fail, as a broken disk does. */
    public InMemoryCatalog failCalls(boolean fail) {
        failing = fail;
        return this;
    }

    @Override
    public Optional<TagEntry> tag(Repository repository, Tag tag) throws StoreException {
        return run(() -> Optional.ofNullable(tags.get(new TagKey(repository, tag))));
    }

    @Override
    public void putTag(Repository repository, Tag tag, TagEntry entry) throws StoreException {
        TagEntry kept = new TagEntry(entry.digest(), entry.confirmedAt().truncatedTo(ChronoUnit.MILLIS));
        run(() -> Optional.ofNullable(tags.put(new TagKey(repository, tag), kept)));
    }

    @Override
    public void removeTag(Repository repository, Tag tag) throws StoreException {
        run(() -> Optional.ofNullable(tags.remove(new TagKey(repository, tag))));
    }

    @Override
    public Optional<Link> link(Repository repository, ContentKind kind, Digest digest) throws StoreException {
        return run(() -> Optional.ofNullable(links.get(new LinkKey(repository, kind, digest))));
    }

    @Override
    public void putLinks(Repository repository, Map<Digest, Link> stated) throws StoreException {
        run(() -> {
            stated.forEach((digest, link) -> links.put(new LinkKey(repository, link.kind(), digest), kept(link)));
            return true;
        });
    }

    private static Link kept(Link link) {
        return link.confirmedAt().map(time -> link.at(time.truncatedTo(ChronoUnit.MILLIS))).orElse(link);
    }

    @Override
    public void removeLinks(Repository repository, ContentKind kind, Set<Digest> digests) throws StoreException {
        run(() -> {
            digests.forEach(digest -> links.remove(new LinkKey(repository, kind, digest)));
            return true;
        });
    }

    @Override
    public void putParts(Digest manifest, Set<Digest> stated) throws StoreException {
        run(() -> Optional.ofNullable(parts.put(manifest, Set.copyOf(stated))));
    }

    @Override
    public Set<Digest> parts(Digest manifest) throws StoreException {
        return run(() -> parts.getOrDefault(manifest, Set.of()));
    }

    @Override
    public void putForeign(Repository repository, Digest manifest, Map<Digest, ForeignLayer> layers)
            throws StoreException {
        run(() -> {
            layers.forEach((blob, layer) -> foreign.put(new Listed(repository, manifest, blob), layer));
            return true;
        });
    }

    @Override
    public List<ForeignLayer> foreign(Repository repository, Digest blob, int most) throws StoreException {
        return run(() -> foreign.entrySet().stream()
                .filter(e -> e.getKey().repository().equals(repository) && e.getKey().blob().equals(blob))
                .map(Map.Entry::getValue).limit(most).toList());
    }

    @Override
    public void putDelivered(RegistryHost registry, Digest blob, Collection<String> urls) throws StoreException {
        run(() -> delivered.addAll(urls.stream().map(url -> new Delivered(registry, blob, url)).toList()));
    }

    @Override
    public boolean delivered(RegistryHost registry, Digest blob, String url) throws StoreException {
        return run(() -> delivered.contains(new Delivered(registry, blob, url)));
    }

    @Override
    public Optional<TagEntry> answer(Repository repository, Question question) throws StoreException {
        return run(() -> Optional.ofNullable(answers.get(new AnswerKey(repository, question))));
    }

    @Override
    public void putAnswer(Repository repository, Question question, TagEntry answer) throws StoreException {
        TagEntry kept = new TagEntry(answer.digest(), answer.confirmedAt().truncatedTo(ChronoUnit.MILLIS));
        run(() -> {
            answers.put(new AnswerKey(repository, question), kept);
            answers.keySet().removeAll(crowdedOut(new AnswerKey(repository, question), kept.confirmedAt()));
            return true;
        });
    }

    /** Of the variants of the same tag, those beside this one that were confirmed longest ago, or later than this one. */
    private List<AnswerKey> crowdedOut(AnswerKey put, Instant now) {
        List<AnswerKey> others = answers.entrySet().stream().filter(e -> !e.getKey().equals(put) && isBeside(e.getKey(),
                put)).sorted(Comparator.comparing(e -> {
                    Instant time = e.getValue().confirmedAt();
                    return time.isAfter(now) ? Instant.MIN : time;
                })).map(Map.Entry::getKey).toList();
        return others.subList(0, Math.max(0, others.size() - (MOST_VARIANTS - 1)));
    }

    private static boolean isBeside(AnswerKey one, AnswerKey other) {
        return one.repository().equals(other.repository()) && one.question() instanceof Question.Variant first
                && other.question() instanceof Question.Variant second && first.tag().equals(second.tag());
    }

    @Override
    public void removeAnswer(Repository repository, Question question) throws StoreException {
        run(() -> Optional.ofNullable(answers.remove(new AnswerKey(repository, question))));
    }

    @Override
    public Optional<Instant> absence(Repository repository, Resource resource) throws StoreException {
        return run(() -> Optional.ofNullable(absences.get(AbsenceKey.of(repository, resource))));
    }

    @Override
    public void putAbsence(Repository repository, Resource resource, Instant confirmedAt) throws StoreException {
        AbsenceKey key = AbsenceKey.of(repository, resource);
        run(() -> {
            absences.put(key, confirmedAt.truncatedTo(ChronoUnit.MILLIS));
            if (absences.size() > MOST_ABSENCES) {
                forgetOldest(key.registry(), confirmedAt);
            }
            return true;
        });
    }

    /** Many at once, so that not each of many absences looks through all others. */
    private void forgetOldest(RegistryHost registry, Instant now) {
        List<AbsenceKey> ofRegistry = absences.keySet().stream().filter(key -> key.registry().equals(registry))
                .toList();
        if (ofRegistry.size() > MOST_ABSENCES) {
            ofRegistry.stream().sorted(Comparator.comparing(key -> since(absences.getOrDefault(key, now), now)))
                    .limit(MOST_ABSENCES / 10).toList().forEach(absences::remove);
        }
    }

    private static Instant since(Instant at, Instant now) {
        return at.isAfter(now) ? Instant.MIN : at;
    }

    @Override
    public void removeAbsence(Repository repository, Resource resource) throws StoreException {
        run(() -> Optional.ofNullable(absences.remove(AbsenceKey.of(repository, resource))));
    }

    private <T> T run(Work<T> work) throws StoreException {
        lock.lock();
        try {
            if (failing) {
                throw new StoreException("use of the catalog failed: the test said so");
            }
            return work.run();
        } finally {
            lock.unlock();
        }
    }
}

package dev.freshet.proxy.serve.repository;

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
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.upstream.registry.AbsenceNotes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The facts in the catalog, as far as they can be read and written. A fact that cannot be read is unknown: Freshet asks the
 * upstream, and grants nothing without its word. A fact that cannot be written is asked for again. The methods are those of
 * {@link Catalog}.
 */
public final class Facts implements AbsenceNotes {

    private static final Resource API = new Resource.ReferrersApi();

    private final Catalog catalog;
    private final Consumer<Event> events;

    /** @param events receives failures of the catalog */
    public Facts(Catalog catalog, Consumer<Event> events) {
        this.catalog = catalog;
        this.events = events;
    }

    private interface Reading<T> {

        Optional<T> read() throws StoreException;
    }

    private interface Writing {

        void write() throws StoreException;
    }

    public Optional<TagEntry> tag(Repository repository, Tag tag) {
        return read(() -> catalog.tag(repository, tag));
    }

    public void putTag(Repository repository, Tag tag, TagEntry entry) {
        write(() -> catalog.putTag(repository, tag, entry));
    }

    public void removeTag(Repository repository, Tag tag) {
        write(() -> catalog.removeTag(repository, tag));
    }

    public Optional<Link> link(Repository repository, ContentKind kind, Digest digest) {
        return read(() -> catalog.link(repository, kind, digest));
    }

    public void putLinks(Repository repository, Map<Digest, Link> links) {
        write(() -> catalog.putLinks(repository, links));
    }

    public void removeLinks(Repository repository, ContentKind kind, Set<Digest> digests) {
        write(() -> catalog.removeLinks(repository, kind, digests));
    }

    public void putForeign(Repository repository, Digest manifest, Map<Digest, ForeignLayer> layers) {
        write(() -> catalog.putForeign(repository, manifest, layers));
    }

    public List<ForeignLayer> foreign(Repository repository, Digest blob, int most) {
        return read(() -> Optional.of(catalog.foreign(repository, blob, most))).orElse(List.of());
    }

    public void putDelivered(RegistryHost registry, Digest blob, List<String> urls) {
        write(() -> catalog.putDelivered(registry, blob, urls));
    }

    public boolean delivered(RegistryHost registry, Digest blob, String url) {
        return read(() -> Optional.of(catalog.delivered(registry, blob, url))).orElse(false);
    }

    public Optional<TagEntry> answer(Repository repository, Question question) {
        return read(() -> catalog.answer(repository, question));
    }

    public void putAnswer(Repository repository, Question question, TagEntry answer) {
        write(() -> catalog.putAnswer(repository, question, answer));
    }

    public void removeAnswer(Repository repository, Question question) {
        write(() -> catalog.removeAnswer(repository, question));
    }

    /**
     * {@inheritDoc}
     *
     * <p>A list of referrers is absent also where the whole registry lacks the referrers API.
     */
    @Override
    public Optional<Instant> find(Repository repository, Resource resource) {
        Optional<Instant> absence = read(() -> catalog.absence(repository, resource));
        if (absence.isEmpty() && resource instanceof Question.Referrers) {
            absence = read(() -> catalog.absence(repository, API));
        }
        return absence.filter(since -> !isStated(repository, resource));
    }

    /**
     * {@inheritDoc}
     *
     * <p>A registry that holds a manifest, and no list of its referrers, lacks the referrers API: otherwise the list would be an
     * empty one (OCI distribution spec 1.1, "Listing Referrers").
     */
    @Override
    public void put(Repository repository, Resource resource, Instant confirmedAt) {
        write(() -> catalog.putAbsence(repository, resource, confirmedAt));
        if (resource instanceof Question.Referrers(Digest subject)
                && link(repository, ContentKind.MANIFEST, subject).isPresent()) {
            write(() -> catalog.putAbsence(repository, API, confirmedAt));
        }
    }

    @Override
    public void remove(Repository repository, Resource resource) {
        removeKnown(repository, resource);
        if (resource instanceof Question.Referrers) {
            removeKnown(repository, API);
        }
    }

    /** Writes only where there is anything to remove. */
    private void removeKnown(Repository repository, Resource resource) {
        if (read(() -> catalog.absence(repository, resource)).isPresent()) {
            write(() -> catalog.removeAbsence(repository, resource));
        }
    }

    /** Whether anything says that it is there. */
    private boolean isStated(Repository repository, Resource resource) {
        return switch (resource) {
            case Question question -> answer(repository, question).isPresent();
            case Resource.Manifest(Tag tag) -> tag(repository, tag).isPresent();
            case Resource.Manifest(Digest digest) -> link(repository, ContentKind.MANIFEST, digest).isPresent();
            case Resource.Blob(Digest digest) -> link(repository, ContentKind.BLOB, digest).isPresent();
            case Resource.Referrer(Digest subject) -> answer(repository, new Question.Referrers(subject)).isPresent();
            case Resource.ReferrersApi api -> false;
        };
    }

    private <T> Optional<T> read(Reading<T> reading) {
        try {
            return reading.read();
        } catch (StoreException e) {
            events.accept(new StoreEvent.Failed(e));
            return Optional.empty();
        }
    }

    private void write(Writing writing) {
        try {
            writing.write();
        } catch (StoreException e) {
            events.accept(new StoreEvent.Failed(e));
        }
    }
}

package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.InMemoryCatalog;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.Resource;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.StoreEvent;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** An absence counts only while nothing says otherwise, and a catalog that fails knows of none. */
class FactsTest {

    private static final Repository APP = new Repository(new RegistryHost("lab"), "app");
    private static final Digest DIGEST = Digest.sha256(new byte[]{1});
    private static final Tag TAG = new Tag("latest");
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final TagEntry ENTRY = new TagEntry(DIGEST, NOON.minusSeconds(9));

    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final AtomicInteger failures = new AtomicInteger();
    private final Facts facts = new Facts(catalog, event -> {
        if (event instanceof StoreEvent.Failed) {
            failures.incrementAndGet();
        }
    });

    @Test
    void whatAnythingSaysToBeThereIsNotAbsent() {
        for (Resource resource : new Resource[]{new Resource.Manifest(TAG), new Resource.Manifest(DIGEST),
                new Resource.Blob(DIGEST), new Question.Tags(), new Question.Referrers(DIGEST),
                new Question.Variant(TAG, Digest.sha256(new byte[]{1}))}) {
            facts.put(APP, resource, NOON);
            assertThat(facts.find(APP, resource)).as("%s", resource).contains(NOON);
        }

        facts.putTag(APP, TAG, ENTRY);
        facts.putAnswer(APP, new Question.Tags(), ENTRY);
        facts.putAnswer(APP, new Question.Referrers(DIGEST), ENTRY);
        facts.putLinks(APP, Map.of(DIGEST, new Link(ContentKind.MANIFEST, "", OptionalLong.of(1))));

        assertThat(facts.find(APP, new Resource.Manifest(TAG))).isEmpty();
        assertThat(facts.find(APP, new Resource.Manifest(DIGEST))).isEmpty();
        assertThat(facts.find(APP, new Question.Tags())).isEmpty();
        assertThat(facts.find(APP, new Question.Referrers(DIGEST))).isEmpty();
        assertThat(facts.find(APP, new Resource.Blob(DIGEST))).contains(NOON);
        assertThat(facts.find(APP, new Question.Variant(TAG, Digest.sha256(new byte[]{1})))).contains(NOON);
        facts.putLinks(APP, Map.of(DIGEST, new Link(ContentKind.BLOB, "", OptionalLong.of(1))));
        facts.putAnswer(APP, new Question.Variant(TAG, Digest.sha256(new byte[]{1})), ENTRY);
        assertThat(facts.find(APP, new Resource.Blob(DIGEST))).isEmpty();
        assertThat(facts.find(APP, new Question.Variant(TAG, Digest.sha256(new byte[]{1})))).isEmpty();
    }

    @Test
    void aCatalogThatFailsKnowsOfNoAbsence() {
        facts.put(APP, new Resource.Blob(DIGEST), NOON);
        catalog.failCalls(true);

        assertThat(facts.find(APP, new Resource.Blob(DIGEST))).isEmpty();
        facts.put(APP, new Resource.Manifest(TAG), NOON);
        facts.remove(APP, new Resource.Blob(DIGEST));
        assertThat(failures).hasPositiveValue();

        catalog.failCalls(false);
        assertThat(facts.find(APP, new Resource.Manifest(TAG))).isEmpty();
    }
}

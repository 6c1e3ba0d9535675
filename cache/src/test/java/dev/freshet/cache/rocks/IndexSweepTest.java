package dev.freshet.cache.rocks;

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
import dev.freshet.cache.rocks.catalog.ImageParts;
import dev.freshet.cache.rocks.catalog.IndexSweep;
import dev.freshet.cache.rocks.catalog.RocksCatalog;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.catalog.ContentKind.BLOB;
import static dev.freshet.cache.catalog.ContentKind.MANIFEST;
import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static org.assertj.core.api.Assertions.assertThat;

/** What the sweep takes out of the index, and what it leaves there. */
class IndexSweepTest {

    private static final Repository APP = new Repository(new RegistryHost("docker.io"), "library/app");
    private static final Repository OTHER = new Repository(new RegistryHost("docker.io"), "library/app2");
    private static final Digest ABSENT = Digest.sha256(new byte[]{1});
    private static final Digest ABSENT_TOO = Digest.sha256(new byte[]{2});
    private static final Tag LATEST = new Tag("latest");
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private @TempDir Path directory = Path.of("");
    private @Nullable RocksStorage opened;
    private @Nullable IndexSweep sweep;

    @BeforeEach
    void open() throws Exception {
        RocksStorage storage = Stores.open(directory);
        opened = storage;
        sweep = new IndexSweep(storage.index, storage.records, new ImageParts(storage.index),
                ((RocksCatalog) storage.catalog())::latest);
    }

    @AfterEach
    void close() {
        storage().close();
    }

    @Test
    void linksOfWhatHasGoneAreTakenOutAndNoOthers() throws Exception {
        Digest stored = commit(storage().blobs(), bytes(1, 1000));
        for (Repository repository : Set.of(APP, OTHER)) {
            for (Digest digest : Set.of(stored, ABSENT)) {
                link(repository, MANIFEST, digest);
                link(repository, BLOB, digest);
            }
        }

        sweep();

        for (Repository repository : Set.of(APP, OTHER)) {
            for (ContentKind kind : ContentKind.values()) {
                assertThat(catalog().link(repository, kind, stored)).isPresent();
                assertThat(catalog().link(repository, kind, ABSENT)).isEmpty();
            }
        }
    }

    @Test
    void listsStayWhileTheyAreStoredAndWereConfirmedLately() throws Exception {
        Digest stored = commit(storage().blobs(), bytes(1, 1000));
        Digest old = commit(storage().blobs(), bytes(2, 1000));
        catalog().putAnswer(APP, new Question.Tags(), new TagEntry(stored, NOW));
        catalog().putAnswer(APP, new Question.Referrers(ABSENT), new TagEntry(ABSENT_TOO, NOW));
        catalog().putAnswer(APP, new Question.Referrers(stored), new TagEntry(old, NOW.minus(IndexSweep.LATELY)));
        catalog().putAnswer(APP, new Question.Variant(LATEST, Digest.sha256(new byte[]{7})), new TagEntry(ABSENT, NOW));

        sweep();

        assertThat(catalog().answer(APP, new Question.Tags())).isPresent();
        assertThat(catalog().answer(APP, new Question.Referrers(ABSENT))).isEmpty();
        sweep();
        assertThat(catalog().answer(APP, new Question.Referrers(stored))).isEmpty();
        assertThat(catalog().answer(APP, new Question.Variant(LATEST, Digest.sha256(new byte[]{7})))).isPresent();
    }

    @Test
    void aManifestWhoseBodyIsStoredUnderAnotherDigestStaysAsLongAsThatIs() throws Exception {
        Digest body = commit(storage().blobs(), bytes(1, 1000));
        catalog().putAnswer(APP, new Question.Body(ABSENT), new TagEntry(body, Instant.EPOCH));
        catalog().putTag(OTHER, LATEST, new TagEntry(ABSENT_TOO, NOW));
        link(APP, MANIFEST, ABSENT);
        link(OTHER, MANIFEST, ABSENT);

        sweep();
        assertThat(catalog().answer(APP, new Question.Body(ABSENT))).isPresent();
        assertThat(catalog().link(APP, MANIFEST, ABSENT)).isPresent();
        assertThat(catalog().link(OTHER, MANIFEST, ABSENT)).isEmpty();
        storage().blobs().remove(body);
        sweep();
        sweep();

        assertThat(catalog().answer(APP, new Question.Body(ABSENT))).isEmpty();
        assertThat(catalog().link(APP, MANIFEST, ABSENT)).isEmpty();
    }

    @Test
    void whatAStoredManifestNamesStaysLinkedThoughItWasNeverPulled() throws Exception {
        Digest manifest = commit(storage().blobs(), bytes(1, 1000));
        catalog().putParts(manifest, Set.of(ABSENT));
        link(APP, BLOB, ABSENT);

        sweep();
        assertThat(catalog().link(APP, BLOB, ABSENT)).isPresent();
        storage().blobs().remove(manifest);
        sweep();

        assertThat(catalog().link(APP, BLOB, ABSENT)).isEmpty();
    }

    @Test
    void aTagAndWhatItMeansStayUntilOthersHaveBeenConfirmedForAMonth() throws Exception {
        Digest stored = commit(storage().blobs(), bytes(1, 1000));
        catalog().putTag(APP, LATEST, new TagEntry(ABSENT, NOW));
        catalog().putTag(APP, new Tag("kept"), new TagEntry(stored, NOW));
        link(APP, MANIFEST, ABSENT);
        link(OTHER, MANIFEST, ABSENT);

        sweep();
        assertThat(catalog().tag(APP, LATEST)).isPresent();
        assertThat(catalog().link(APP, MANIFEST, ABSENT)).isPresent();
        assertThat(catalog().link(OTHER, MANIFEST, ABSENT)).isEmpty();
        catalog().putTag(OTHER, LATEST, new TagEntry(ABSENT_TOO, NOW.plus(IndexSweep.LATELY)));
        sweep();
        sweep();

        assertThat(catalog().tag(APP, LATEST)).isEmpty();
        assertThat(catalog().tag(APP, new Tag("kept"))).isPresent();
        assertThat(catalog().tag(OTHER, LATEST)).isPresent();
        assertThat(catalog().link(APP, MANIFEST, ABSENT)).isEmpty();
    }

    @Test
    void anAbsenceStaysUntilOthersHaveBeenConfirmedForAMonth() throws Exception {
        Resource signature = new Resource.Manifest(new Tag("sha256-0.sig"));
        Resource api = new Resource.ReferrersApi();
        catalog().putAbsence(APP, signature, NOW);
        catalog().putAbsence(APP, api, NOW.plusMillis(1));

        sweep();
        assertThat(catalog().absence(APP, signature)).contains(NOW);
        catalog().putTag(OTHER, LATEST, new TagEntry(ABSENT_TOO, NOW.plus(IndexSweep.LATELY)));
        sweep();
        sweep();

        assertThat(catalog().absence(APP, signature)).isEmpty();
        assertThat(catalog().absence(OTHER, api)).contains(NOW.plusMillis(1));
    }

    @Test
    @DisplayName("L-10: confirmations from the future, of a clock that was wrong before a restart, push nothing out")
    void timeIsThatOfConfirmationsSinceTheOpen() throws Exception {
        Digest stored = commit(storage().blobs(), bytes(1, 1000));
        catalog().putTag(APP, new Tag("future"), new TagEntry(ABSENT, NOW.plus(Duration.ofDays(365))));
        catalog().putTag(APP, LATEST, new TagEntry(ABSENT_TOO, NOW));
        catalog().putAnswer(APP, new Question.Tags(), new TagEntry(stored, NOW));
        close();
        open();

        sweep();
        catalog().putTag(APP, new Tag("now"), new TagEntry(stored, NOW.plusSeconds(1)));
        sweep();

        assertThat(catalog().tag(APP, LATEST)).isPresent();
        assertThat(catalog().answer(APP, new Question.Tags())).isPresent();
    }

    @Test
    void whatImagesConsistOfGoesWithTheirManifests() throws Exception {
        Digest stored = commit(storage().blobs(), bytes(1, 1000));
        Digest part = commit(storage().blobs(), bytes(2, 1000));
        catalog().putParts(stored, Set.of(part, ABSENT));
        catalog().putParts(ABSENT_TOO, Set.of(part, ABSENT));

        sweep();

        ImageParts images = new ImageParts(storage().index);
        assertThat(catalog().parts(stored)).containsExactlyInAnyOrder(part, ABSENT);
        assertThat(catalog().parts(ABSENT_TOO)).isEmpty();
        assertThat(images.wholes(part, 10)).containsExactly(stored);
        assertThat(images.wholes(ABSENT, 10)).containsExactly(stored);
    }

    @Test
    void whatManifestsListWithUrlsGoesWithThemAndWhatDeliveredABlobWithTheBlob() throws Exception {
        Digest stored = commit(storage().blobs(), bytes(1, 1000));
        ForeignLayer layer = new ForeignLayer("", 1, List.of("https://a/"));
        catalog().putForeign(APP, stored, Map.of(ABSENT, layer));
        catalog().putForeign(OTHER, ABSENT_TOO, Map.of(stored, layer));
        catalog().putDelivered(APP.registry(), stored, List.of("https://a/"));
        catalog().putDelivered(APP.registry(), ABSENT, List.of("https://a/"));

        sweep();

        assertThat(catalog().foreign(APP, ABSENT, 9)).containsExactly(layer);
        assertThat(catalog().foreign(OTHER, stored, 9)).isEmpty();
        assertThat(catalog().delivered(APP.registry(), stored, "https://a/")).isTrue();
        assertThat(catalog().delivered(APP.registry(), ABSENT, "https://a/")).isFalse();
    }

    @Test
    void oneStepLooksAtSoManyAtMostAndTheNextGoesOnThere() throws Exception {
        int links = 2 * IndexSweep.AT_ONCE + 1;
        Digest stored = commit(storage().blobs(), bytes(1, 1000));
        link(OTHER, BLOB, stored);
        for (int i = 1; i < links; i++) {
            link(APP, BLOB, Digest.sha256(bytes(i, 20)));
        }

        assertThat(sweep()).isEqualTo(6);

        assertThat(links()).isEqualTo(1);
        assertThat(sweep()).isEqualTo(4);
    }

    @Test
    void whatCannotBeUnderstoodStays() throws Exception {
        storage().index.write(() -> "test", batch -> batch.put(Family.LINKS, new byte[]{7}, new byte[0])
                .put(Family.TAGS, new byte[]{7}, new byte[]{9}).put(Family.PARTS, new byte[]{7}, new byte[0])
                .put(Family.WHOLES, new byte[]{7}, new byte[0]));

        sweep();

        assertThat(links()).isEqualTo(1);
    }

    @Test
    void whatIsStoredAgainMeanwhileKeepsItsFacts() throws Exception {
        byte[] content = bytes(1, 1000);
        Digest manifest = Digest.sha256(content);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Thread puller = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 300; i++) {
                    storage().blobs().remove(manifest);
                    commit(storage().blobs(), content);
                    catalog().putParts(manifest, Set.of(ABSENT));
                    link(APP, MANIFEST, manifest);
                }
            } catch (Exception e) {
                failure.set(e);
            }
        });

        while (puller.isAlive()) {
            sweep();
        }
        puller.join();

        assertThat(failure).hasNullValue();
        assertThat(catalog().parts(manifest)).containsExactly(ABSENT);
        assertThat(new ImageParts(storage().index).wholes(ABSENT, 10)).containsExactly(manifest);
        assertThat(catalog().link(APP, MANIFEST, manifest)).isPresent();
    }

    /** A whole round; returns how many steps it took. */
    private int sweep() throws Exception {
        IndexSweep mine = Objects.requireNonNull(sweep);
        int steps = 1;
        while (!mine.step()) {
            steps++;
        }
        return steps;
    }

    private int links() throws Exception {
        int[] count = {0};
        storage().index.scan(() -> "test", Family.LINKS, Keys.FIRST, (key, value) -> {
            count[0]++;
            return true;
        });
        return count[0];
    }

    private void link(Repository repository, ContentKind kind, Digest digest) throws Exception {
        catalog().putLinks(repository, Map.of(digest, new Link(kind, "type", OptionalLong.of(1))));
    }

    private Catalog catalog() {
        return storage().catalog();
    }

    private RocksStorage storage() {
        return Objects.requireNonNull(opened);
    }
}

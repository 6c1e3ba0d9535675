package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@link AbsenceFacts} promises. */
public abstract class AbsencesContract {

    private static final Repository APP = new Repository(new RegistryHost("docker.io"), "library/app");
    private static final Repository OTHER = new Repository(new RegistryHost("docker.io"), "library/app2");
    private static final Repository ELSEWHERE = new Repository(new RegistryHost("quay.io"), "library/app");
    private static final Digest ONE = Digest.sha256(new byte[]{1});
    private static final Digest TWO = new Digest(Digest.Algorithm.SHA512, "ab".repeat(64));
    private static final Tag LATEST = new Tag("latest");
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123Z");
    private static final Resource.ReferrersApi API = new Resource.ReferrersApi();
    private static final List<Resource> RESOURCES = List.of(new Resource.Manifest(LATEST),
            new Resource.Manifest(ONE), new Resource.Manifest(TWO), new Resource.Blob(ONE), new Question.Tags(),
            new Question.Referrers(ONE), new Question.Variant(LATEST, Digest.sha256(new byte[]{1})),
            new Resource.Referrer(ONE), API);

    private Catalog catalog = new InMemoryCatalog();

    /** Opens an empty catalog. */
    protected abstract Catalog openEmpty() throws Exception;

    @BeforeEach
    void openCatalog() throws Exception {
        catalog = openEmpty();
    }

    @Test
    void eachResourceIsAbsentByItself() throws Exception {
        for (Resource resource : RESOURCES) {
            catalog.putAbsence(APP, resource, NOON.plusNanos(1));

            for (Resource other : RESOURCES) {
                assertThat(catalog.absence(APP, other).isPresent()).as("%s beside %s", other, resource)
                        .isEqualTo(other.equals(resource));
                assertThat(catalog.absence(ELSEWHERE, other)).isEmpty();
                assertThat(catalog.absence(OTHER, other).isPresent()).as("%s of another repository", other)
                        .isEqualTo(resource.equals(API) && other.equals(API));
            }
            assertThat(catalog.absence(APP, resource)).contains(NOON);
            catalog.removeAbsence(APP, resource);
        }
    }

    @Test
    void theLastStatementCountsAndARemovedOneIsNone() throws Exception {
        for (Resource resource : RESOURCES) {
            catalog.putAbsence(APP, resource, NOON);
            catalog.putAbsence(APP, resource, NOON.plusSeconds(1));
            assertThat(catalog.absence(APP, resource)).contains(NOON.plusSeconds(1));

            catalog.removeAbsence(APP, resource);
            catalog.removeAbsence(APP, resource);

            assertThat(catalog.absence(APP, resource)).isEmpty();
        }
    }

    @Test
    void whatIsThereStaysWhateverIsAbsent() throws Exception {
        TagEntry entry = new TagEntry(ONE, NOON);
        catalog.putTag(APP, LATEST, entry);
        catalog.putAnswer(APP, new Question.Tags(), entry);
        catalog.putLinks(APP, Map.of(ONE, new Link(ContentKind.BLOB, "", OptionalLong.of(1))));

        for (Resource resource : RESOURCES) {
            catalog.putAbsence(APP, resource, NOON);
            assertThat(catalog.absence(APP, resource)).isPresent();
        }

        assertThat(catalog.tag(APP, LATEST)).contains(entry);
        assertThat(catalog.answer(APP, new Question.Tags())).contains(entry);
        assertThat(catalog.link(APP, ContentKind.BLOB, ONE)).isPresent();
        assertThat(catalog.answer(APP, new Question.Referrers(ONE))).isEmpty();
    }

    @Test
    void ofManyAbsencesTheLatestStayAndAnotherRegistrysStayToo() throws Exception {
        int many = AbsenceFacts.MOST_ABSENCES + 2_000;
        catalog.putAbsence(ELSEWHERE, tag(0), NOON.minusSeconds(9));

        for (int i = 0; i < many; i++) {
            catalog.putAbsence(APP, tag(i), NOON.plusMillis(i));
        }

        List<Integer> kept = IntStream.range(0, many).boxed().filter(this::isAbsent).toList();
        assertThat(kept).hasSizeBetween(AbsenceFacts.MOST_ABSENCES / 2, AbsenceFacts.MOST_ABSENCES)
                .contains(IntStream.range(many - 1_000, many).boxed().toArray(Integer[]::new));
        assertThat(catalog.absence(ELSEWHERE, tag(0))).isPresent();
    }

    @Test
    void thoseOfBeforeTheClockWasSetBackCrowdNoneOut() throws Exception {
        int many = AbsenceFacts.MOST_ABSENCES * 5 / 4;
        for (int i = 0; i < many; i++) {
            catalog.putAbsence(APP, tag(-1 - i), NOON.plus(Duration.ofDays(1)));
        }

        for (int i = 0; i < 2_000; i++) {
            catalog.putAbsence(APP, tag(i), NOON.plusMillis(i));
        }

        assertThat(IntStream.range(0, 2_000).boxed().filter(this::isAbsent)).hasSize(2_000);
    }

    private boolean isAbsent(int number) {
        try {
            return catalog.absence(APP, tag(number)).isPresent();
        } catch (Exception e) {
            throw new AssertionError("look-up failed", e);
        }
    }

    private static Resource tag(int number) {
        return new Resource.Manifest(new Tag("t" + number));
    }
}

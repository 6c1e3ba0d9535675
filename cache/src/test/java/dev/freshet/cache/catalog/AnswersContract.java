package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@link AnswerFacts} promises. */
public abstract class AnswersContract {

    private static final Repository APP = new Repository(new RegistryHost("docker.io"), "library/app");
    private static final Repository OTHER = new Repository(new RegistryHost("docker.io"), "library/app2");
    private static final Digest ONE = Digest.sha256(new byte[]{1});
    private static final Digest TWO = new Digest(Digest.Algorithm.SHA512, "ab".repeat(64));
    private static final Tag LATEST = new Tag("latest");
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123Z");
    private static final TagEntry ANSWER = new TagEntry(ONE, NOON);
    private static final List<Question> QUESTIONS = List.of(new Question.Tags(), new Question.Referrers(ONE),
            new Question.Referrers(TWO), new Question.Body(ONE), new Question.Body(TWO), variant(LATEST, "a"),
            variant(LATEST, "b"), variant(new Tag("t"), "a"),
            variant(new Tag("late"), "sta"));

    private Catalog catalog = new InMemoryCatalog();

    /** Opens an empty catalog. */
    protected abstract Catalog openEmpty() throws Exception;

    @BeforeEach
    void openCatalog() throws Exception {
        catalog = openEmpty();
    }

    private static Question variant(Tag tag, String accepted) {
        return new Question.Variant(tag, Digest.sha256(accepted.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatWasNeverAskedIsAbsent() throws Exception {
        for (Question question : QUESTIONS) {
            assertThat(catalog.answer(APP, question)).isEmpty();
        }
    }

    @Test
    void eachQuestionHasAnAnswerOfItsOwn() throws Exception {
        for (Question question : QUESTIONS) {
            catalog.putAnswer(APP, question, ANSWER);

            for (Question other : QUESTIONS) {
                assertThat(catalog.answer(APP, other).isPresent()).as("%s beside %s", other, question)
                        .isEqualTo(other.equals(question));
                assertThat(catalog.answer(OTHER, other)).isEmpty();
            }
            assertThat(catalog.tag(APP, LATEST)).isEmpty();
            catalog.removeAnswer(APP, question);
        }
    }

    @Test
    void theLastAnswerCountsAndIsDatedToTheMillisecond() throws Exception {
        for (Question question : QUESTIONS) {
            catalog.putAnswer(APP, question, ANSWER);
            catalog.putAnswer(APP, question, new TagEntry(TWO, NOON.plusSeconds(1).plusNanos(999_999)));

            assertThat(catalog.answer(APP, question)).contains(new TagEntry(TWO, NOON.plusSeconds(1)));
        }
    }

    @Test
    void aRemovedAnswerIsAbsent() throws Exception {
        for (Question question : QUESTIONS) {
            catalog.putAnswer(APP, question, ANSWER);

            catalog.removeAnswer(APP, question);
            catalog.removeAnswer(APP, question);

            assertThat(catalog.answer(APP, question)).isEmpty();
        }
    }

    @Test
    void aTagStaysWhateverWasAnswered() throws Exception {
        catalog.putTag(APP, LATEST, ANSWER);

        for (Question question : QUESTIONS) {
            catalog.putAnswer(APP, question, new TagEntry(TWO, NOON));
            catalog.removeAnswer(APP, question);
        }

        assertThat(catalog.tag(APP, LATEST)).contains(ANSWER);
    }

    @Test
    void ofManyVariantsOfATagThoseConfirmedLastStay() throws Exception {
        Question old = variant(LATEST, "old");
        Question beside = variant(new Tag("late"), "old");
        catalog.putAnswer(APP, beside, new TagEntry(ONE, NOON.minusSeconds(2)));
        catalog.putAnswer(OTHER, old, new TagEntry(ONE, NOON.minusSeconds(2)));
        catalog.putAnswer(APP, old, new TagEntry(ONE, NOON.minusSeconds(1)));

        for (int i = 0; i < 100; i++) {
            catalog.putAnswer(APP, variant(LATEST, "v" + i), new TagEntry(ONE, NOON.plusSeconds(i)));
        }

        int most = AnswerFacts.MOST_VARIANTS;
        List<Integer> kept = IntStream.range(0, 100).boxed().filter(i -> isThere(variant(LATEST, "v" + i))).toList();
        assertThat(kept).isEqualTo(IntStream.range(100 - most, 100).boxed().toList());
        assertThat(catalog.answer(APP, old)).isEmpty();
        assertThat(catalog.answer(OTHER, old)).isPresent();
        assertThat(catalog.answer(APP, beside)).isPresent();
    }

    @Test
    void aVariantThatIsConfirmedAgainCrowdsOutNone() throws Exception {
        int most = AnswerFacts.MOST_VARIANTS;
        for (int i = 0; i < most; i++) {
            catalog.putAnswer(APP, variant(LATEST, "v" + i), new TagEntry(ONE, NOON.plusSeconds(i)));
        }

        catalog.putAnswer(APP, variant(LATEST, "v0"), new TagEntry(TWO, NOON.plusSeconds(99)));

        assertThat(IntStream.range(0, most).boxed().filter(i -> isThere(variant(LATEST, "v" + i)))).hasSize(most);
    }

    @Test
    void variantsThatWereConfirmedLaterThanANewOneGoFirst() throws Exception {
        int most = AnswerFacts.MOST_VARIANTS;
        for (int i = 0; i < most; i++) {
            catalog.putAnswer(APP, variant(LATEST, "future" + i), new TagEntry(ONE, NOON.plusSeconds(86_400)));
        }

        for (int i = 0; i < most; i++) {
            catalog.putAnswer(APP, variant(LATEST, "v" + i), new TagEntry(ONE, NOON.plusSeconds(i)));
        }

        assertThat(IntStream.range(0, most).boxed().filter(i -> isThere(variant(LATEST, "v" + i)))).hasSize(most);
        assertThat(IntStream.range(0, most).boxed().filter(i -> isThere(variant(LATEST, "future" + i)))).isEmpty();
    }

    private boolean isThere(Question question) {
        try {
            return catalog.answer(APP, question).isPresent();
        } catch (Exception e) {
            throw new AssertionError("look-up failed", e);
        }
    }
}

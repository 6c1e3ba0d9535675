package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.AnswersContract;
import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.rocks.catalog.AnswerCodec;
import dev.freshet.cache.rocks.db.Family;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The contract on RocksDB. */
class RocksAnswersTest extends AnswersContract {

    private static final Repository APP = new Repository(new RegistryHost("docker.io"), "library/app");
    private static final TagEntry ANSWER = new TagEntry(Digest.sha256(new byte[0]), Instant.ofEpochMilli(1));

    private @TempDir Path directory = Path.of("");
    private @Nullable RocksStorage storage;

    @Override
    protected Catalog openEmpty() throws Exception {
        closeStorage();
        storage = Stores.open(directory);
        return storage.catalog();
    }

    @AfterEach
    void closeStorage() {
        if (storage != null) {
            storage.close();
        }
    }

    @Test
    void answersOutliveTheStorage() throws Exception {
        openEmpty().putAnswer(APP, new Question.Tags(), ANSWER);

        assertThat(openEmpty().answer(APP, new Question.Tags())).contains(ANSWER);
    }

    @Test
    void whatMakesNoSenseCountsAsAbsent() throws Exception {
        Catalog catalog = openEmpty();
        byte[] key = AnswerCodec.key(APP, new Question.Tags());

        Objects.requireNonNull(storage).index.write(() -> "test",
                batch -> batch.put(Family.TAGS, key, new byte[]{9}));

        assertThat(catalog.answer(APP, new Question.Tags())).isEmpty();
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.AbsencesContract;
import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.Resource;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
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
class RocksAbsencesTest extends AbsencesContract {

    private static final Repository APP = new Repository(new RegistryHost("docker.io"), "library/app");
    private static final Resource LATEST = new Resource.Manifest(new Tag("latest"));

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
    void absencesOutliveTheStorage() throws Exception {
        openEmpty().putAbsence(APP, LATEST, Instant.ofEpochMilli(7));

        assertThat(openEmpty().absence(APP, LATEST)).contains(Instant.ofEpochMilli(7));
    }

    @Test
    void whatMakesNoSenseCountsAsNone() throws Exception {
        Catalog catalog = openEmpty();

        Objects.requireNonNull(storage).index.write(() -> "test",
                batch -> batch.put(Family.TAGS, AnswerCodec.absence(APP, LATEST), new byte[]{9}));

        assertThat(catalog.absence(APP, LATEST)).isEmpty();
    }
}

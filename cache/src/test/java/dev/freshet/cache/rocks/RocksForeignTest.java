package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.ForeignContract;
import dev.freshet.cache.catalog.ForeignLayer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.rocks.catalog.ForeignCodec;
import dev.freshet.cache.rocks.db.Family;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The contract on RocksDB. */
class RocksForeignTest extends ForeignContract {

    private static final Repository PAUSE = new Repository(new RegistryHost("docker.io"), "rancher/pause");
    private static final Digest BLOB = Digest.sha256(new byte[]{1});
    private static final Digest MANIFEST = Digest.sha256(new byte[]{2});

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
    void whatMakesNoSenseCountsAsAbsent() throws Exception {
        Catalog catalog = openEmpty();
        catalog.putForeign(PAUSE, MANIFEST, Map.of(BLOB, new ForeignLayer("x", 1, List.of("https://a/"))));
        RocksStorage open = Objects.requireNonNull(storage);
        byte[] key = ForeignCodec.listedKey(PAUSE, BLOB, MANIFEST);

        for (byte[] broken : List.of(new byte[0], new byte[]{9}, new byte[]{1, 2}, new byte[]{1, 0, 0, 0, 0, 0, 0, 0, 0,
                127, 0, 0, 0}, new byte[]{1, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0})) {
            open.index.write(() -> "test", batch -> batch.put(Family.LINKS, key, broken));

            assertThat(catalog.foreign(PAUSE, BLOB, 9)).isEmpty();
        }
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.CatalogContract;
import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.rocks.catalog.CatalogCodec;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.store.StoreException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The contract on RocksDB. */
class RocksCatalogTest extends CatalogContract {

    private static final Repository BUSYBOX = new Repository(new RegistryHost("docker.io"), "library/busybox");
    private static final Tag LATEST = new Tag("latest");
    private static final TagEntry ENTRY = new TagEntry(Digest.sha256(new byte[0]), Instant.ofEpochMilli(1));

    private @TempDir Path directory = Path.of("");
    private @Nullable RocksStorage storage;

    @Override
    protected Catalog openEmpty() throws Exception {
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
    void factsOutliveTheStorage() throws Exception {
        closeStorage();
        try (RocksStorage before = Stores.open(directory)) {
            before.catalog().putTag(BUSYBOX, LATEST, ENTRY);
        }

        assertThat(openEmpty().tag(BUSYBOX, LATEST)).contains(ENTRY);
    }

    @Test
    void linksOfAnEarlierReleaseAreReadWithoutATime() throws Exception {
        RocksStorage open = Objects.requireNonNull(storage);
        byte[] key = CatalogCodec.linkKey(BUSYBOX, ContentKind.BLOB, ENTRY.digest());
        byte[] value = HexFormat.of().parseHex("01" + "0000000000000007" + "742f78");
        open.index.write(() -> "test", batch -> batch.put(Family.LINKS, key, value));

        Optional<Link> read = open.catalog().link(BUSYBOX, ContentKind.BLOB, ENTRY.digest());

        assertThat(read).contains(new Link(ContentKind.BLOB, "t/x", OptionalLong.of(7)));
    }

    @Test
    void everyCallFailsAfterClose() throws Exception {
        closeStorage();
        RocksStorage closed = Stores.open(directory);
        closed.close();

        assertThatThrownBy(() -> closed.catalog().tag(BUSYBOX, LATEST)).isInstanceOf(StoreException.class)
                .hasMessage("look-up of docker.io/library/busybox:latest failed: the store is closed");
        assertThatThrownBy(() -> closed.catalog().putTag(BUSYBOX, LATEST, ENTRY)).isInstanceOf(StoreException.class);
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.rocks.catalog.CatalogCodec;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.StoreEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Entries that cannot be understood block no request: what they were about is asked for again. */
class UnreadableEntryTest {

    private static final byte[] NONSENSE = {99, 1, 2};
    private static final Repository BUSYBOX = new Repository(new RegistryHost("docker.io"), "library/busybox");
    private static final Tag LATEST = new Tag("latest");

    private @TempDir Path directory = Path.of("");

    @Test
    void aFactCountsAsAbsentUntilItIsStatedAgain() throws Exception {
        TagEntry entry = new TagEntry(Digest.sha256(NONSENSE), Instant.ofEpochMilli(1));
        try (RocksStorage storage = Stores.open(directory)) {
            storage.index.write(() -> "test",
                    batch -> batch.put(Family.TAGS, CatalogCodec.tagKey(BUSYBOX, LATEST), NONSENSE));

            assertThat(storage.catalog().tag(BUSYBOX, LATEST)).isEmpty();

            storage.catalog().putTag(BUSYBOX, LATEST, entry);
            assertThat(storage.catalog().tag(BUSYBOX, LATEST)).contains(entry);
        }
    }

    @Test
    void aCommitRecordIsDroppedAndToldOf() throws Exception {
        Digest digest = Digest.sha256(NONSENSE);
        List<Digest> damaged = new ArrayList<>();
        try (RocksStorage storage = Stores.open(directory);
                ContentCache cache = new ContentCache(storage.blobs(), Runnable::run, Runnable::run,
                        event -> damaged.add(((StoreEvent.Damaged) event).digest()))) {
            storage.index.write(() -> "test",
                    batch -> batch.put(Family.BLOBS, Keys.digest(digest), NONSENSE));

            assertThat(cache.find(digest)).isEmpty();

            assertThat(damaged).containsExactly(digest);
            assertThat(storage.blobs().open(digest)).isEmpty();
        }
    }
}

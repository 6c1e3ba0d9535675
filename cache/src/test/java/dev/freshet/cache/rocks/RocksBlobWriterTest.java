package dev.freshet.cache.rocks;

import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriterContract;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** The contract on RocksDB. */
class RocksBlobWriterTest extends BlobWriterContract {

    private @TempDir Path directory = Path.of("");
    private @Nullable RocksStorage storage;

    @Override
    protected BlobStore openEmpty() throws Exception {
        storage = RocksStorage.open(directory, 64 << 20);
        return storage.blobs();
    }

    @Override
    protected int stillOpen() {
        return storage == null ? 0 : storage.openBlobs() + storage.openWriters();
    }
}

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.LocalStorage;
import dev.freshet.cache.storage.Storage;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreEvent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * Fills a store, while no Freshet runs on it, with made-up blobs of the repository {@code bench} at the registry
 * {@code lab}: first small ones of 512 bytes to 4 KiB, then large ones. many.py runs it.
 */
final class LoadStore {

    private static final Repository REPOSITORY = new Repository(new RegistryHost("lab"), "bench");
    private static final int LINKS_AT_ONCE = 1000;
    private static final int LEAST = 512;
    private static final int MOST_SMALL = 4 << 10;

    private final Storage storage;
    private final OutputStream digests;
    private final ByteBuffer buffer;
    private final Map<Digest, Link> links = new HashMap<>();

    private LoadStore(Storage storage, OutputStream digests, int largest) {
        this.storage = storage;
        this.digests = digests;
        this.buffer = ByteBuffer.allocateDirect(largest);
        SplittableRandom random = new SplittableRandom(1);
        while (buffer.remaining() >= Long.BYTES) {
            buffer.putLong(random.nextLong());
        }
    }

    /**
     * Arguments: the store's directory, the file for the digests of the small blobs (32 bytes each), how many small ones,
     * how many large ones, bytes of a large one.
     */
    public static void main(String... args) throws Exception {
        int small = Integer.parseInt(args[2]);
        int large = Integer.parseInt(args[3]);
        int largeSize = Integer.parseInt(args[4]);
        StorageOptions options = new StorageOptions(Path.of(args[0]), 256L << 20, 1L << 40);
        try (Storage storage = LocalStorage.open(options, LoadStore::complain);
                OutputStream digests = new BufferedOutputStream(Files.newOutputStream(Path.of(args[1])))) {
            LoadStore load = new LoadStore(storage, digests, Math.max(largeSize, MOST_SMALL));
            for (int number = 0; number < small; number++) {
                digests.write(HexFormat.of().parseHex(load.put(number, LEAST + number % (MOST_SMALL - LEAST)).hex()));
            }
            for (int number = 0; number < large; number++) {
                load.put(small + number, largeSize);
            }
            load.putLinks();
        }
    }

    /** Stores the same random bytes as always, but for the first, which are the blob's number. */
    private Digest put(int number, int size) throws StoreException, IOException {
        ByteBuffer content = buffer.putLong(0, number).slice(0, size);
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        hash.update(content.duplicate());
        Digest digest = Digest.of(Digest.Algorithm.SHA256, hash);
        try (BlobWriter writer = storage.blobs().begin(digest, OptionalLong.of(size))) {
            writer.append(content);
            writer.commit().close();
        }
        links.put(digest, new Link(ContentKind.BLOB, "", OptionalLong.of(size)));
        if (links.size() == LINKS_AT_ONCE) {
            putLinks();
        }
        return digest;
    }

    private void putLinks() throws StoreException {
        storage.catalog().putLinks(REPOSITORY, links);
        links.clear();
    }

    /** Ends the load if the store loses content or cannot be written to. */
    private static void complain(Event event) {
        switch (event) {
            case StoreEvent.Evicted evicted -> throw new IllegalStateException(
                    "load failed: " + evicted.digest() + " was evicted: " + evicted.reason());
            case StoreEvent.Damaged damaged -> throw new IllegalStateException(
                    "load failed: " + damaged.digest() + " is damaged: " + damaged.message());
            case StoreEvent.Unwritable unwritable -> throw new IllegalStateException(
                    "load failed: the store is not writable: " + unwritable.why());
            default -> {}
        }
    }
}

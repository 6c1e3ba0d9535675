package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.PartialBlob;
import dev.freshet.cache.rocks.catalog.Uncommitted;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreUsage;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** A check that everything that an open store has on disk fits together. */
record Audit(RocksStorage storage, Path directory) {

    /** Lets be done what was put off, and then checks it all. */
    void everythingAddsUp() throws Exception {
        Stores.settle(storage);
        Map<Digest, Long> owners = owners();
        assertThat(storage.records.usage()).as("the sum of what is listed").isEqualTo(usage(listed()));
        assertThat(owners.keySet()).as("records by number, and those by digest").isEqualTo(listed());
        assertThat(strays(owners)).as("numbers with chunks that nothing names").isEmpty();
        assertThat(storage.quota.charged()).as("charged bytes, and those of segments")
                .isEqualTo(Directories.diskBytes(directory.resolve("segments")));
    }

    /** What the store says it has. */
    Set<Digest> listed() throws StoreException {
        Set<Digest> listed = new HashSet<>();
        storage.blobs().forEach(listed::add);
        return listed;
    }

    /** Reads everything that is listed, to its last byte. */
    void everyContentHashesRight() throws StoreException {
        for (Digest digest : listed()) {
            assertThat(hash(digest)).isEqualTo(digest);
        }
    }

    private Digest hash(Digest digest) throws StoreException {
        MessageDigest hash = digest.algorithm().newHash();
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
        try (StoredBlob blob = storage.blobs().open(digest).orElseThrow()) {
            for (long at = 0; blob.read(at, buffer.clear()) > 0; at += buffer.limit()) {
                hash.update(buffer.flip().slice());
            }
        }
        return Digest.of(digest.algorithm(), hash);
    }

    /** What writers have left unfinished, and which bytes of it are there. */
    Map<Digest, ByteRanges> unfinished() throws StoreException {
        Map<Digest, ByteRanges> found = new HashMap<>();
        storage.index.scan(() -> "test", Family.LOOSE, Keys.FIRST, (key, value) -> {
            if (Uncommitted.decode(value) instanceof PartialBlob partial) {
                found.put(partial.digest(), partial.present());
            }
            return true;
        });
        return found;
    }

    private StoreUsage usage(Set<Digest> digests) throws StoreException {
        long bytes = 0;
        for (Digest digest : digests) {
            try (StoredBlob blob = storage.blobs().open(digest).orElseThrow()) {
                bytes += blob.length();
            }
        }
        return new StoreUsage(digests.size(), bytes);
    }

    private Map<Digest, Long> owners() throws StoreException {
        Map<Digest, Long> owners = new HashMap<>();
        storage.records.scan((digest, record) -> {
            assertThat(owners.put(digest, record.number())).as("numbers of %s", digest).isNull();
            return true;
        }, () -> {});
        return owners;
    }

    private Set<Long> strays(Map<Digest, Long> owners) throws Exception {
        Set<Long> strays = new HashSet<>(Stores.numbers(storage));
        strays.removeAll(owners.values());
        storage.index.scan(() -> "test", Family.LOOSE, Keys.FIRST, (key, value) -> {
            if (Uncommitted.decode(value) instanceof PartialBlob) {
                strays.remove(Keys.number(key));
            }
            return true;
        });
        return strays;
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store is closed while five hundred read from it and some write, and then opened again (S-24): in a process
 * of its own, as a call on what is closed would end that.
 */
class ShutdownTest {

    private static final int ROUNDS = 2;
    private static final int READERS = 500;
    private static final int WRITERS = 4;

    private @TempDir(factory = InMemory.class) Path directory = Path.of("");

    /** The process; its argument is the directory. */
    static final class Victim {

        private static final byte[] LARGE = bytes(1, 3_000_000);
        private static final byte[] SMALL = bytes(2, 50_000);
        private static final AtomicInteger WELL_ENDED = new AtomicInteger();

        public static void main(String[] arguments) throws Exception {
            for (int round = 0; round < ROUNDS; round++) {
                closeUnderReaders(Path.of(arguments[0]));
            }
            System.out.println("ended well: " + WELL_ENDED);
        }

        private static void closeUnderReaders(Path directory) throws Exception {
            RocksStorage storage = Stores.openFine(directory, Stores.PLENTY, new RecordingStoreListener());
            List<Digest> digests = List.of(commit(storage.blobs(), LARGE), commit(storage.blobs(), SMALL));
            CountDownLatch busy = new CountDownLatch(READERS + WRITERS);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Digest digest = digests.get(i % 2);
                byte[] content = i % 2 == 0 ? LARGE : SMALL;
                threads.add(start(() -> read(storage, digest, content, busy)));
            }
            for (int i = 0; i < WRITERS; i++) {
                threads.add(start(() -> write(storage, busy)));
            }
            busy.await();
            storage.close();
            for (Thread thread : threads) {
                thread.join();
            }
            if (storage.openBlobs() + storage.openWriters() > 0) {
                throw new AssertionError("something was left open");
            }
        }

        /** Something to be done until it fails. */
        private interface Work {

            void once() throws StoreException;
        }

        private static Thread start(Work work) {
            return Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        work.once();
                    }
                } catch (StoreException e) {
                    if (String.valueOf(e.getMessage()).endsWith("failed: the store is closed")) {
                        WELL_ENDED.incrementAndGet();
                    } else {
                        System.out.println(e);
                    }
                }
            });
        }

        private static void read(RocksStorage storage, Digest digest, byte[] content, CountDownLatch busy)
                throws StoreException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
            try (StoredBlob blob = storage.blobs().open(digest).orElseThrow()) {
                for (int at = 0; at < content.length;) {
                    int count = blob.read(at, buffer.clear());
                    if (!buffer.flip().equals(ByteBuffer.wrap(content, at, count))) {
                        throw new AssertionError("wrong bytes at " + at);
                    }
                    at += count;
                    busy.countDown();
                }
            }
        }

        private static void write(RocksStorage storage, CountDownLatch busy) throws StoreException {
            try (BlobWriter writer = storage.blobs().begin(Digest.sha256(new byte[0]), OptionalLong.empty())) {
                for (int i = 0; i < 20; i++) {
                    writer.append(ByteBuffer.wrap(SMALL));
                    busy.countDown();
                }
                writer.discard();
            }
        }
    }

    @Test
    void closingUnderFiveHundredReadersEndsThemAndNothingElse() throws Exception {
        Path errors = directory.resolve("errors");
        Process victim = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-Xss256k", "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + errors, "-cp", System.getProperty("java.class.path"), Victim.class.getName(),
                directory.resolve("store").toString()).redirectError(errors.toFile()).start();
        String output = new String(victim.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(victim.waitFor()).as("the end of it: %s", lastOf(errors)).isZero();
        assertThat(output).endsWith("ended well: " + ROUNDS * (READERS + WRITERS) + "\n");
    }

    private static String lastOf(Path errors) throws IOException {
        String all = Files.readString(errors);
        return all.substring(Math.max(0, all.length() - 2_000));
    }
}

package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Very many requests leave a process as it was: misses, hits and evictions, of large and of small contents (S-23).
 * {@code -Dfreshet.cycles} says how many.
 */
class CyclesTest {

    private static final Logger LOG = LoggerFactory.getLogger(CyclesTest.class);
    private static final int CYCLES = Integer.getInteger("freshet.cycles", 5_000);
    private static final int MEASUREMENTS = 10;

    private @TempDir(factory = InMemory.class) Path directory = Path.of("");

    /**
     * What a process takes.
     *
     * @param bytes resident memory that belongs to no file
     * @param descriptors how many
     * @param threads how many
     */
    record Taken(long bytes, long descriptors, long threads) {

        static Taken now() throws IOException {
            Map<String, Long> status = new HashMap<>();
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                String[] words = line.split("\\s+", -1);
                if (words[0].equals("RssAnon:") || words[0].equals("Threads:")) {
                    status.put(words[0], Long.valueOf(words[1]));
                }
            }
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return new Taken(status.getOrDefault("RssAnon:", 0L) << 10, open.count(),
                        status.getOrDefault("Threads:", 0L));
            }
        }

        static Taken parse(String line) {
            String[] words = line.split(" ", -1);
            return new Taken(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
        }

        String print() {
            return bytes + " " + descriptors + " " + threads;
        }
    }

    /** A process that answers requests, and measures itself ten times. */
    static final class Server {

        private static final int CONTENTS = 400;

        /** Arguments: directory, requests. */
        public static void main(String[] arguments) throws Exception {
            int cycles = Integer.parseInt(arguments[1]);
            Random random = new Random(1);
            Map<Digest, byte[]> contents = new HashMap<>();
            for (int i = 0; i < CONTENTS; i++) {
                byte[] content = bytes(i, i % 20 == 0 ? 1_300_000 : random.nextInt(60_000));
                contents.put(Digest.sha256(content), content);
            }
            List<Digest> digests = List.copyOf(contents.keySet());
            try (RocksStorage storage = Stores.openFine(Path.of(arguments[0]), 32 << 20, new RecordingStoreListener());
                    Front front = new Front(storage.blobs(), contents)) {
                for (int cycle = 1; cycle <= cycles; cycle++) {
                    Digest digest = digests.get(random.nextInt(CONTENTS));
                    if (front.get(digest).length != contents.getOrDefault(digest, new byte[0]).length) {
                        throw new AssertionError("wrong length of " + digest);
                    }
                    if (cycle % 50 == 0) {
                        storage.housekeeping.tidy();
                    }
                    if (cycle % (cycles / MEASUREMENTS) == 0) {
                        System.out.println(Taken.now().print());
                    }
                }
            }
        }
    }

    @Test
    void manyRequestsTakeNoMoreThanFewDid() throws Exception {
        List<Taken> taken = new ArrayList<>();
        Process server = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xms160m", "-Xmx160m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Server.class.getName(),
                directory.resolve("store").toString(), Integer.toString(CYCLES))
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.matches("\\d+ \\d+ \\d+")) {
                    taken.add(Taken.parse(line));
                }
            }
        } finally {
            server.destroyForcibly();
        }
        assertThat(server.waitFor()).isZero();
        LOG.info("after each tenth of {} requests: {}", CYCLES, taken);

        assertThat(taken).hasSize(MEASUREMENTS);
        Taken before = taken.get(2);
        assertThat(taken.subList(3, MEASUREMENTS)).allSatisfy(after -> {
            assertThat(after.bytes).as("native memory").isLessThan(before.bytes + (24 << 20));
            assertThat(after.descriptors).as("descriptors").isLessThan(before.descriptors + 60);
            assertThat(after.threads).as("threads").isLessThanOrEqualTo(before.threads + 4);
        });
    }
}

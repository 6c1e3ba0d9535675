package layouts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.ChecksumType;
import org.rocksdb.RocksDBException;

/** What a segment's arrival, a blob's deletion and a start cost when there are many segments: small ones, for the edits. */
final class Growth {

    private static final int SEGMENTS_OF_BLOB = 32;
    private static final int BLOBS = 10;

    private final Path directory;
    private long fill = 1;
    private int present;

    Growth(Path work) {
        this.directory = work.resolve("many");
    }

    /** Prints a row for each of these numbers of segments, which rise. */
    void print(int... counts) throws RocksDBException, IOException {
        System.out.println("\nSmall segments (one chunk of 4 KiB), by how many there are; medians of "
                + BLOBS * SEGMENTS_OF_BLOB + " ingestions and " + BLOBS + " deletions.\n");
        Table.head(List.of("segments", "ingest 1, ms", "p95, ms", "CPU ms", "finish of the file, ms",
                "delete a blob of " + SEGMENTS_OF_BLOB + ", ms", "p95, ms", "open, s", "manifest, MiB"));
        Files.createDirectory(directory);
        try {
            for (int count : counts) {
                List<String> cells;
                try (Segments segments = open()) {
                    fill(segments, count);
                    cells = measure(segments);
                }
                double manifest = Machine.bytesIn(directory, "MANIFEST") / 1048576.0;
                Clock clock = new Clock();
                open().close();
                Table.row(Stream.concat(cells.stream(),
                        Stream.of(Table.number(clock.seconds(), 2), Table.number(manifest, 1))));
            }
        } finally {
            Machine.delete(directory);
        }
    }

    private Segments open() throws RocksDBException {
        return new Segments(directory, 1, ChecksumType.kXXH3);
    }

    private void fill(Segments segments, int count) throws RocksDBException {
        for (; present < count; fill++) {
            List<Path> paths = new ArrayList<>();
            for (int number = 0; number < SEGMENTS_OF_BLOB; number++, present++) {
                paths.add(segments.small(fill, number));
            }
            segments.ingest(paths);
        }
    }

    private List<String> measure(Segments segments) throws RocksDBException {
        List<Double> finishes = new ArrayList<>();
        List<Double> ingests = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        List<Double> drops = new ArrayList<>();
        for (int blob = 0; blob < BLOBS; blob++, fill++) {
            for (int number = 0; number < SEGMENTS_OF_BLOB; number++) {
                Clock finish = new Clock();
                Path path = segments.small(fill, number);
                finishes.add(finish.seconds() * 1000);
                Clock ingest = new Clock();
                segments.ingest(List.of(path));
                ingests.add(ingest.seconds() * 1000);
                cpu.add(ingest.cpuSeconds() * 1000);
            }
            Clock drop = new Clock();
            segments.drop(fill);
            drops.add(drop.seconds() * 1000);
        }
        double cpuEach = cpu.stream().mapToDouble(value -> value).average().orElseThrow();
        return List.of(String.valueOf(present), Table.number(Table.median(ingests), 2),
                Table.number(Table.high(ingests), 2), Table.number(cpuEach, 2), Table.number(Table.median(finishes), 2),
                Table.number(Table.median(drops), 1), Table.number(Table.high(drops), 1));
    }
}

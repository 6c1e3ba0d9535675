package layouts;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Layouts measured in turns with one blob. */
final class Comparison {

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final int READERS = 8;
    private static final int SMALL_BUFFER = 64 * KIB;
    private static final int HOT_PASSES = 4;

    private final Path work;
    private final int blob;
    private final Map<String, Map<Figure, List<Double>>> figures = new LinkedHashMap<>();

    /** A layout by name; the size of its chunks in bytes. */
    record Kind(String name, int chunk, Opener opener) {}

    interface Opener {
        Layout open(Path directory) throws Exception;
    }

    Comparison(Path work, int blobBytes) {
        this.work = work;
        this.blob = blobBytes;
    }

    /** Rounds of all layouts in turns, every second one backwards; a round with less before them warms up. */
    void print(List<Kind> kinds, int rounds) throws Exception {
        for (int round = 0; round <= rounds; round++) {
            if (round == 0) {
                kinds.forEach(kind -> figures.put(kind.name, new EnumMap<>(Figure.class)));
                Machine.touch(work.resolve("ballast"), 2L * blob);
            }
            for (Kind kind : round % 2 == 0 ? kinds : kinds.reversed()) {
                Map<Figure, Double> measured = measure(kind, round == 0 ? Math.min(blob, 64 * MIB) : blob);
                if (round > 0) {
                    measured.forEach((figure, value) ->
                            figures.get(kind.name).computeIfAbsent(figure, f -> new ArrayList<>()).add(value));
                }
            }
            System.err.println("round " + round + " of " + rounds + " done");
        }
        System.out.println("A blob of " + blob / MIB + " MiB, medians of " + rounds + " rounds in turns, " + READERS
                + " readers at once when hot, one when cold.\n");
        Figure[] columns = Figure.values();
        Table.head(Stream.concat(Stream.of("layout"), Arrays.stream(columns).map(figure -> figure.title)).toList());
        figures.forEach((name, values) -> Table.row(Stream.concat(Stream.of(name), Arrays.stream(columns)
                .map(figure -> Table.number(Table.median(values.get(figure)), figure.digits)))));
    }

    private Map<Figure, Double> measure(Kind kind, int size) throws Exception {
        Map<Figure, Double> result = new EnumMap<>(Figure.class);
        Path directory = Files.createDirectory(work.resolve("layout"));
        try (Layout layout = kind.opener.open(directory)) {
            double mib = (double) size / MIB;
            long writtenBefore = Machine.io("write_bytes");
            write(layout, kind.chunk, size, result);
            read(layout, kind.chunk, kind.chunk, size, 1);
            Clock hot = new Clock();
            read(layout, kind.chunk, kind.chunk, size, HOT_PASSES);
            result.put(Figure.HOT, HOT_PASSES * mib / hot.seconds());
            result.put(Figure.HOT_CPU, hot.cpuSeconds() * 1024 / mib / HOT_PASSES);
            Clock small = new Clock();
            read(layout, kind.chunk, SMALL_BUFFER, size, 1);
            result.put(Figure.HOT_SMALL, mib / small.seconds());
            result.put(Figure.WRITTEN, (double) (Machine.io("write_bytes") - writtenBefore) / size); // compactions too
            Machine.forget(directory);
            long readBefore = Machine.io("read_bytes");
            Clock cold = new Clock();
            readers(1, reader -> range(layout, kind.chunk, kind.chunk, 0, size / kind.chunk, 1));
            result.put(Figure.COLD, mib / cold.seconds());
            result.put(Figure.FROM_DISK, (double) (Machine.io("read_bytes") - readBefore) / size);
            long before = Machine.bytesIn(directory, "");
            Clock drop = new Clock();
            layout.drop();
            result.put(Figure.DROP, drop.seconds() * 1000);
            result.put(Figure.FREED, (double) (before - Machine.bytesIn(directory, "")) / size);
        } finally {
            Machine.delete(directory);
        }
        return result;
    }

    private static void write(Layout layout, int chunk, int size, Map<Figure, Double> result) throws Exception {
        long longest = 0;
        Clock write = new Clock();
        for (int number = 0; number < size / chunk; number++) {
            long began = System.nanoTime();
            layout.put(number, Machine.CONTENT.slice(number % 251 * 4 * KIB, chunk));
            longest = Math.max(longest, System.nanoTime() - began);
        }
        layout.finish();
        double mib = (double) size / MIB;
        result.put(Figure.WRITE, mib / write.seconds());
        result.put(Figure.WRITE_CPU, write.cpuSeconds() * 1024 / mib);
        result.put(Figure.STALL, longest / 1e6);
    }

    /** Each reader takes its own part of the blob, so many times. */
    private static void read(Layout layout, int chunk, int buffer, int size, int passes) throws Exception {
        int each = size / chunk / READERS;
        readers(READERS, reader -> range(layout, chunk, buffer, reader * each, (reader + 1) * each, passes));
    }

    private static Void range(Layout layout, int chunk, int buffer, int from, int to, int passes) throws Exception {
        ByteBuffer into = ByteBuffer.allocateDirect(buffer);
        ByteBuffer scratch = ByteBuffer.allocateDirect(chunk);
        for (int pass = 0; pass < passes; pass++) {
            for (int number = from; number < to; number++) {
                for (int offset = 0; offset < chunk; offset += buffer) {
                    layout.read(number, offset, into.clear(), scratch);
                }
            }
        }
        return null;
    }

    private interface Reader {
        Void read(int number) throws Exception;
    }

    private static void readers(int count, Reader reader) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                int mine = number;
                tasks.add(() -> reader.read(mine));
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
    }
}

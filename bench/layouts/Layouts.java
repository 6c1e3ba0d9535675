package layouts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.ChecksumType;
import org.rocksdb.RocksDB;

/** What each way to lay out large blobs costs on this disk, as Markdown tables; layouts.py runs it and explains them. */
public final class Layouts {

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    private Layouts() {}

    /**
     * Arguments: an empty directory; MiB of a blob, at most 1024; rounds, 0 for none; then numbers of segments in rising
     * order.
     */
    public static void main(String... args) throws Exception {
        RocksDB.loadLibrary();
        Path work = Path.of(args[0]);
        int rounds = Integer.parseInt(args[2]);
        int[] counts = Arrays.stream(args).skip(3).mapToInt(Integer::parseInt).toArray();
        if (rounds > 0) {
            new Comparison(work, Integer.parseInt(args[1]) * MIB).print(kinds(), rounds);
        }
        if (counts.length > 0) {
            new Growth(work).print(counts);
        }
    }

    private static List<Comparison.Kind> kinds() {
        List<Comparison.Kind> kinds = new ArrayList<>();
        for (int chunk : new int[] {64 * KIB, 256 * KIB, MIB}) {
            String size = chunk / KIB + " KiB";
            for (int segment : new int[] {8, 32, 64}) {
                kinds.add(new Comparison.Kind("SST " + segment + " MiB, " + size, chunk,
                        at -> new Segments(at, segment * MIB / chunk, ChecksumType.kXXH3)));
            }
            kinds.add(new Comparison.Kind("SST 32 MiB, " + size + ", crc32c", chunk,
                    at -> new Segments(at, 32 * MIB / chunk, ChecksumType.kCRC32c)));
            kinds.add(new Comparison.Kind("BlobDB, " + size, chunk, at -> new Memtables(at, true)));
            kinds.add(new Comparison.Kind("column family, no WAL, " + size, chunk, at -> new Memtables(at, false)));
            kinds.add(new Comparison.Kind("flat file, " + size, chunk, at -> new Flat(at, chunk)));
        }
        return kinds;
    }
}

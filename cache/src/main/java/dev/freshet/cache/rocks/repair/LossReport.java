package dev.freshet.cache.rocks.repair;

import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.TableProperties;

/** A report of the entries that an index has lost, in an operator's words. */
final class LossReport {

    private static final String WHAT_TO_DO = "; what was forgotten is fetched again as it is asked for, and nothing has to"
            + " be done";

    private LossReport() {}

    /** The number of entries before, at most, and after. */
    private record Count(long before, long kept) {

        Count max(Count other) {
            return new Count(Math.max(before, other.before), Math.max(kept, other.kept));
        }

        String of(String contents) {
            return before > kept
                    ? "at most " + (before - kept) + " of " + before + " entries of " + contents
                    : "some of " + contents + ", of which " + kept + " entries are left";
        }
    }

    /**
     * The most entries that each family of a closed database can have had in tables, also in those that its list does
     * not name any more: what was written anew counts twice, and tables that cannot be opened do not count.
     */
    static Map<Family, Long> entriesAtMost(Path directory, Family.Home home) throws IOException {
        Map<Family, Long> entries = new EnumMap<>(Family.class);
        for (Path table : Directories.files(directory, ".*\\.sst")) {
            try (Options options = new Options(); SstFileReader reader = new SstFileReader(options)) {
                reader.open(table.toString());
                TableProperties properties = reader.getTableProperties();
                long count = properties.getNumEntries() - 2 * properties.getNumDeletions();
                home.families().stream()
                        .filter(family -> Arrays.equals(family.nameInBytes(), properties.getColumnFamilyName()))
                        .forEach(family -> entries.merge(family, Math.max(0, count), Long::sum));
            } catch (RocksDBException e) {
                entries.putIfAbsent(home.families().getFirst(), 0L);
            }
        }
        return entries;
    }

    /**
     * Writes the report.
     *
     * @param before how many entries of each family stood in tables, at most
     * @param kept how many are left
     * @param damaged of which some could not be read
     * @param isSalvaged whether RocksDB has left out something, of any family
     * @param changes that stood in logs, of any family, and are lost; or 0
     */
    static String of(Map<Family, Long> before, Map<Family, Long> kept, Set<Family> damaged, boolean isSalvaged,
            long changes) {
        Map<String, Count> counts = new LinkedHashMap<>();
        for (Family family : Family.Home.INDEX.families()) {
            Count count = new Count(before.getOrDefault(family, 0L), kept.getOrDefault(family, 0L));
            if (damaged.contains(family) || (isSalvaged && count.before() > count.kept())) {
                counts.merge(family.contents(), count, Count::max);
            }
        }
        List<String> lost = new ArrayList<>();
        counts.forEach((contents, count) -> lost.add(count.of(contents)));
        if (changes > 0) {
            lost.add("the last " + changes + " changes of all kinds, which stood in its log");
        }
        if (!lost.isEmpty()) {
            return "lost are " + String.join(", ", lost) + WHAT_TO_DO;
        }
        return isSalvaged
                ? "what is lost cannot be counted, as the files that held it are gone" + WHAT_TO_DO
                : "nothing of it is lost";
    }
}

package dev.freshet.cache.rocks.repair;

import dev.freshet.cache.rocks.db.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.TableProperties;

/** A count of the entries in the table files of a closed database, also in files that its list does not name any more. */
final class TableEntries {

    private TableEntries() {}

    /**
     * The most entries that each family can have had in tables: what was written anew counts twice, and tables that
     * cannot be opened do not count.
     */
    static Map<Family, Long> atMost(Path directory, Family.Home home) throws IOException {
        Map<Family, Long> entries = new EnumMap<>(Family.class);
        for (Path table : tables(directory)) {
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

    private static List<Path> tables(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(file -> file.toString().endsWith(".sst")).sorted().toList();
        }
    }
}

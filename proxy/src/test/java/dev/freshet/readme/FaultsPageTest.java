package dev.freshet.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/faults.md}: each case once, with tests that there are and that name it. */
class FaultsPageTest {

    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]-[0-9]{2}) \\| [^|]+ \\| ([^|]+) \\|");
    private static final Pattern TEST = Pattern.compile("`([A-Za-z]+Test)`");

    private final List<String> cases = new ArrayList<>();
    private final Map<String, List<String>> tests = new TreeMap<>();

    FaultsPageTest() throws IOException {
        for (String line : Files.readAllLines(Readme.ROOT.resolve("docs/faults.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                cases.add(row.group(1));
                tests.put(row.group(1), TEST.matcher(row.group(2)).results().map(name -> name.group(1)).toList());
            }
        }
    }

    @Test
    void everyCaseIsThereOnceAndHasTests() {
        assertThat(cases).hasSizeGreaterThanOrEqualTo(35).doesNotHaveDuplicates();
        assertThat(tests.values()).allSatisfy(names -> assertThat(names).isNotEmpty().doesNotHaveDuplicates());
    }

    @Test
    void everyTestThatIsNamedExistsAndNamesItsCase() throws IOException {
        Map<String, String> sources = sources();

        tests.forEach((fault, names) -> assertThat(names).allSatisfy(
                name -> assertThat(sources.getOrDefault(name, "")).as("%s of %s", name, fault).contains(fault)));
    }

    /** All test classes of the modules, by their simple names; those of one name are joined. */
    private static Map<String, String> sources() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String module : List.of("cache", "proxy")) {
            try (Stream<Path> walk = Files.walk(Readme.ROOT.resolve(module).resolve("src/test/java"))) {
                walk.filter(file -> file.toString().endsWith("Test.java")).forEach(files::add);
            }
        }
        return files.stream().collect(Collectors.toMap(
                file -> file.getFileName().toString().replace(".java", ""), FaultsPageTest::text, String::concat));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.freshet.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The files and packages that {@code docs/architecture.md} names, which exist. */
class ArchitecturePageTest {

    private static final Pattern FILE = Pattern.compile("`((?:config|cache|proxy)/[\\w/]+\\.java)`");
    /** A file, a directory or a class that a row of the table names. */
    private static final Pattern PLACE = Pattern.compile("`(?:config|proxy)/[\\w/<>.]+`|the class that");
    private static final Pattern PACKAGE = Pattern.compile("\\b((?:cache|proxy)(?:\\.[a-z]+)+)\\b");

    private final String page;

    ArchitecturePageTest() throws IOException {
        page = Files.readString(Readme.ROOT.resolve("docs/architecture.md"));
    }

    @Test
    void everyFileThatItNamesExists() {
        List<String> files = FILE.matcher(page).results().map(found -> found.group(1)).toList();

        assertThat(files).hasSizeGreaterThan(10).allSatisfy(file -> assertThat(source(file)).exists());
    }

    @Test
    void everyPackageThatItNamesExists() {
        List<String> packages = PACKAGE.matcher(page).results().map(found -> found.group(1)).distinct().toList();

        assertThat(packages).hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(source(name.replace('.', '/'))).isDirectory());
    }

    /** The most main files that a change may touch. Where a row has alternatives, one of them counts. */
    @ParameterizedTest
    @CsvSource({"command, 2", "configuration key, 2", "metric, 2", "authentication scheme for upstreams, 3",
            "endpoint of the admin port, 2", "endpoint of the data port, 4"})
    void aCommonChangeTouchesFewFiles(String change, int most) {
        String row = page.lines().filter(line -> line.startsWith("| " + change + " |")).findFirst().orElseThrow();

        int named = (int) PLACE.matcher(row).results().count() - row.split(", or `", -1).length + 1;

        assertThat(named).isBetween(1, most);
    }

    /** Each option of a group is one component of one record, so a key is declared in one file. */
    @Test
    void anOptionIsDeclaredInOneOfTheFilesThatThePageNames() throws IOException {
        try (Stream<Path> files = Files.walk(source("config"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java")).filter(ArchitecturePageTest::declares))
                    .allSatisfy(file -> assertThat(page).contains("`config/" + file.getFileName() + "`"));
        }
    }

    /** {@code Main} lists the commands, and no other command knows them. */
    @Test
    void aCommandIsKnownToMainAlone() throws IOException {
        try (Stream<Path> files = Files.walk(source("proxy/cli"))) {
            assertThat(
                    files.filter(file -> file.toString().endsWith(".java")).filter(ArchitecturePageTest::namesCommand)
                            .map(file -> file.getFileName().toString()))
                    .containsExactly("Main.java");
        }
    }

    private static boolean declares(Path file) {
        return !file.endsWith("Option.java") && text(file).contains("@Option(doc");
    }

    private static boolean namesCommand(Path file) {
        return text(file).contains("Command.class");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path source(String name) {
        String module = name.split("/", 2)[0];
        return Readme.ROOT.resolve(module).resolve("src/main/java/dev/freshet").resolve(name);
    }
}

package dev.freshet.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The files and packages that {@code docs/architecture.md} names, which exist. */
class ArchitecturePageTest {

    private static final Pattern FILE = Pattern.compile("`((?:config|cache|proxy)/[\\w/]+\\.java)`");
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

    private static Path source(String name) {
        String module = name.substring(0, name.indexOf('/'));
        return Readme.ROOT.resolve(module).resolve("src/main/java/dev/freshet").resolve(name);
    }
}

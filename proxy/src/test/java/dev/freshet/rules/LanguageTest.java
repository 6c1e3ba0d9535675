package dev.freshet.rules;

import java.io.IOException;
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

/** The language of pages, messages, comments and type names: a sentence says who acts, and a name means one thing. */
class LanguageTest {

    private static final Path ROOT = Path.of("..");

    /** Between the words of a phrase: also the beginning of a line in a comment, and two parts of a string literal. */
    private static final String GAP = "[\\s*/#\"+]+";

    private static final Pattern BANNED = Pattern.compile(Stream.of("nobody", "somebody", "anybody", "whoever",
            "whatever", "what is wanted", "to be had", "is no such", "in vain", "all the same", "here and there")
            .map(phrase -> phrase.replace(" ", GAP))
            .collect(Collectors.joining("|", "\\b(?:", ")\\b")), Pattern.CASE_INSENSITIVE);

    @Test
    void noPageUsesABannedWord() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String file : List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "freshet", "docker-compose.yml",
                "bench/README.md")) {
            pages.add(ROOT.resolve(file));
        }
        pages.addAll(files(ROOT.resolve("docs"), ""));

        assertThat(hits(pages)).as("banned words in pages, as file:line: word").isEmpty();
    }

    @Test
    void noMessageOrCommentUsesABannedWord() throws IOException {
        assertThat(hits(mainFiles(""))).as("banned words in main code, as file:line: word").isEmpty();
    }

    @Test
    void noTwoFilesDeclareATypeOfTheSameName() throws IOException {
        Map<String, List<String>> declarations = new TreeMap<>();
        for (Path file : mainFiles(".java")) {
            declarations.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>()).add(shown(file));
        }
        declarations.remove("package-info.java");
        declarations.values().removeIf(files -> files.size() == 1);

        assertThat(declarations.values()).as("types of the same name").isEmpty();
    }

    @Test
    void aPhraseIsFoundAcrossLines() {
        assertThat(BANNED.matcher("/** It waits in\n * vain. */").find()).isTrue();
        assertThat(BANNED.matcher("\"there is no\"\n    + \" such image\"").find()).isTrue();
        assertThat(BANNED.matcher("everybody, within").find()).isFalse();
    }

    private static List<Path> mainFiles(String ending) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String module : List.of("config", "cache", "proxy")) {
            files.addAll(files(ROOT.resolve(module).resolve("src/main"), ending));
        }
        return files;
    }

    private static List<Path> files(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(ending)).sorted()
                    .toList();
        }
    }

    private static List<String> hits(List<Path> files) throws IOException {
        List<String> hits = new ArrayList<>();
        for (Path file : files) {
            String text = Files.readString(file);
            Matcher matcher = BANNED.matcher(text);
            while (matcher.find()) {
                long line = 1 + text.substring(0, matcher.start()).chars().filter(c -> c == '\n').count();
                hits.add(shown(file) + ":" + line + ": " + matcher.group().replaceAll("\\s+", " "));
            }
        }
        return hits;
    }

    private static String shown(Path file) {
        return ROOT.relativize(file).toString();
    }
}

package dev.freshet.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code README.md}, taken apart. */
final class Readme {

    static final Path ROOT = Path.of("..");

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
    private static final Pattern SPAN = Pattern.compile("`((?:\\./freshet|docker|mvn|python3|git) [^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    private final String text;

    private Readme(String text) {
        this.text = text;
    }

    static Readme read() {
        try {
            return new Readme(Files.readString(ROOT.resolve("README.md")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A command in a console, and what it prints.
     *
     * @param output may be empty, when it is left out
     */
    record Example(String command, List<String> output) {}

    /** All commands in consoles. */
    List<Example> examples() {
        List<Example> examples = new ArrayList<>();
        blocks("console").flatMap(String::lines).forEach(line -> {
            if (line.startsWith("$ ")) {
                examples.add(new Example(line.substring(2), new ArrayList<>()));
            } else {
                examples.getLast().output().add(line);
            }
        });
        return examples;
    }

    /** What is said to print this. */
    Example example(String command) {
        return examples().stream().filter(example -> example.command().equals(command)).findFirst().orElseThrow();
    }

    /** All commands, in consoles and in sentences. */
    Stream<String> commands() {
        String prose = BLOCK.matcher(text).replaceAll("");
        return Stream.concat(examples().stream().map(Example::command),
                SPAN.matcher(prose).results().map(match -> match.group(1))).distinct();
    }

    /** The blocks of a language. */
    Stream<String> blocks(String language) {
        Matcher matcher = BLOCK.matcher(text);
        return matcher.results().filter(match -> match.group(1).equals(language)).map(match -> match.group(2));
    }

    /** Where links lead to, within the tree. */
    Stream<String> links() {
        return LINK.matcher(text).results().map(match -> match.group(1));
    }

    /** How many lines it has. */
    long lines() {
        return text.lines().count();
    }
}

package dev.freshet.testbed.e2e;

import dev.freshet.testbed.wire.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The operations of one client before one kind of registry, in a file of {@code src/test/resources/clients}. The header
 * fields of its requests repeat, so each set of them stands once, at the top, under a number.
 *
 * @param file the file
 * @param all the operations
 */
record Operations(Path file, List<Operation> all) {

    /** Stands for Freshet's host and port. */
    static final String FRESHET = "{freshet}";
    /** Stands for the machine's architecture, which clients name. */
    static final String ARCHITECTURE = "{architecture}";

    private static final List<String> CLIENTS = List.of("cosign", "oras", "regctl");
    private static final Path DIRECTORY = Path.of("src", "test", "resources", "clients");
    private static final Pattern SET = Pattern.compile("\\[(\\d+)]");
    private static final Pattern EXCHANGE = Pattern.compile("(\\S+) (\\S+) \\[(\\d+)] -> (.*)");
    private static final String COMMAND = "$ ";
    private static final String EXIT = "exit ";

    /** One operation of a client before one kind of registry. */
    record Each(SignedAt kind, String client, Operation operation) {

        @Override
        public String toString() {
            return kind.directory() + ": " + operation;
        }
    }

    /** Every operation of every client before every kind of registry. */
    static Stream<Each> everywhere() {
        return Stream.of(SignedAt.values()).flatMap(kind -> CLIENTS.stream().flatMap(client -> read(kind, client).all()
                .stream().map(operation -> new Each(kind, client, operation))));
    }

    /** Reads those of a client. */
    static Operations read(SignedAt kind, String client) {
        Path file = DIRECTORY.resolve(kind.directory()).resolve(client + ".txt");
        try {
            return new Operations(file, parse(Files.readAllLines(file)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what " + client + " does", e);
        }
    }

    private static List<Operation> parse(List<String> lines) {
        Map<String, Headers> sets = new HashMap<>();
        List<Operation> operations = new ArrayList<>();
        List<Exchange> exchanges = new ArrayList<>();
        String set = "";
        String command = "";
        for (String line : lines) {
            Matcher number = SET.matcher(line);
            Matcher exchange = EXCHANGE.matcher(line);
            if (line.isBlank()) {
                set = "";
            } else if (number.matches()) {
                set = number.group(1);
                sets.put(set, Headers.NONE);
            } else if (!set.isEmpty()) {
                String[] field = line.split(": ", 2);
                sets.computeIfPresent(set, (n, fields) -> fields.plus(field[0], field[1]));
            } else if (line.startsWith(COMMAND)) {
                command = line.substring(COMMAND.length());
                exchanges = new ArrayList<>();
            } else if (line.startsWith(EXIT)) {
                operations.add(new Operation(command, Integer.parseInt(line.substring(EXIT.length())),
                        List.copyOf(exchanges)));
            } else if (exchange.matches()) {
                exchanges.add(new Exchange(exchange.group(1), exchange.group(2),
                        sets.getOrDefault(exchange.group(3), Headers.NONE), exchange.group(4)));
            } else {
                throw new IllegalStateException("not a line of a file of operations: " + line);
            }
        }
        return List.copyOf(operations);
    }

    /** Replaces the operation of the same command, unless only the order of its exchanges differs, and writes the file. */
    void replace(Operation changed) throws IOException {
        List<Headers> sets = new ArrayList<>();
        StringBuilder commands = new StringBuilder();
        for (Operation operation : all) {
            Operation written = operation.command().equals(changed.command()) && !operation.isLike(changed)
                    ? changed
                    : operation;
            commands.append('\n').append(COMMAND).append(written.command()).append('\n');
            for (Exchange exchange : written.exchanges()) {
                if (!sets.contains(exchange.fields())) {
                    sets.add(exchange.fields());
                }
                commands.append("%s %s [%d] -> %s%n".formatted(exchange.method(), exchange.target(),
                        sets.indexOf(exchange.fields()) + 1, exchange.answer()));
            }
            commands.append(EXIT).append(written.exitCode()).append('\n');
        }
        StringBuilder text = new StringBuilder();
        for (Headers fields : sets) {
            text.append(text.isEmpty() ? "" : "\n").append('[').append(sets.indexOf(fields) + 1).append("]\n");
            fields.fields().forEach(f -> text.append(f.name()).append(": ").append(f.value()).append('\n'));
        }
        Files.writeString(file, text.append(commands));
    }
}

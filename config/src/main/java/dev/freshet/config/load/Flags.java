package dev.freshet.config.load;

import dev.freshet.config.load.Node.Mapping;
import dev.freshet.config.load.Node.Origin;
import dev.freshet.config.load.Shape.Entries;
import dev.freshet.config.load.Shape.Group;
import dev.freshet.config.load.Shape.Member;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code --set KEY=VALUE} flags as a source. The name of a map entry may contain dots: it ends at the last dot,
 * {@code upstreams.docker.io.url}, or is quoted, {@code upstreams."docker.io".url}.
 */
final class Flags {

    private static final Origin ORIGIN = Origin.FLAG;

    private final Report report;
    private final Set<List<String>> seen = new HashSet<>();

    private Flags(Report report) {
        this.report = report;
    }

    /** A known key: its parts and the type of its value. */
    private record Target(List<String> path, Shape shape) {}

    /** The tree with the values of the flags, in order. */
    static Mapping overlay(Mapping tree, List<String> flags, Report report) {
        Flags source = new Flags(report);
        Mapping result = tree;
        for (String flag : flags) {
            result = source.apply(result, flag);
        }
        return result;
    }

    private Mapping apply(Mapping tree, String flag) {
        int equals = flag.indexOf('=');
        if (equals <= 0) {
            report.problem("", ORIGIN, "a flag has no key and value: use --set KEY=VALUE");
            return tree;
        }
        String key = flag.substring(0, equals);
        Optional<Target> found = inGroup(Shape.ROOT, key, List.of(), key);
        if (found.isEmpty()) {
            return tree;
        }
        Target target = found.get();
        if (!seen.add(target.path())) {
            report.problem(key, ORIGIN, "is given twice: keep one");
        }
        return YamlReader.readInline(target.shape(), key, flag.substring(equals + 1), ORIGIN, report)
                .map(node -> tree.with(target.path(), node))
                .orElse(tree);
    }

    private Optional<Target> inGroup(Group group, String rest, List<String> path, String key) {
        int dot = rest.indexOf('.');
        String name = dot < 0 ? rest : rest.substring(0, dot);
        Optional<Member> member = group.member(name);
        if (member.isEmpty()) {
            report.problem(key, ORIGIN, Suggestion.unknown(group, String.join(".", path), name));
            return Optional.empty();
        }
        List<String> inner = append(path, name);
        Shape shape = member.get().shape();
        if (dot < 0) {
            return found(inner, shape, key);
        }
        String tail = rest.substring(dot + 1);
        return switch (shape) {
            case Group nested -> inGroup(nested, tail, inner, key);
            case Entries entries -> inEntries(entries, tail, inner, key);
            case Shape.Leaf leaf -> refused(key, "goes on after " + String.join(".", inner) + ": end it there");
            case Shape.Groups groups -> refused(key, "goes on after " + String.join(".", inner) + ": end it there");
        };
    }

    private Optional<Target> inEntries(Entries entries, String rest, List<String> path, String key) {
        boolean quoted = rest.startsWith("\"");
        int end = quoted ? rest.indexOf('"', 1) : rest.lastIndexOf('.');
        if (quoted && end < 0) {
            return refused(key, "has one quote: close the name with another");
        }
        String name = end < 0 ? rest : rest.substring(quoted ? 1 : 0, end);
        String after = end < 0 ? "" : rest.substring(quoted ? end + 1 : end);
        if (after.isEmpty()) {
            return Optional.of(new Target(append(path, name), entries.entry()));
        }
        if (!after.startsWith(".")) {
            return refused(key, "goes on after the quotes: put a dot there");
        }
        return inGroup(entries.entry(), after.substring(1), append(path, name), key);
    }

    private Optional<Target> found(List<String> path, Shape shape, String key) {
        return shape instanceof Group group
                ? refused(key, "is a group: set one of its keys, " + String.join(", ", keys(group)))
                : Optional.of(new Target(path, shape));
    }

    private Optional<Target> refused(String key, String message) {
        report.problem(key, ORIGIN, message);
        return Optional.empty();
    }

    private static List<String> keys(Group group) {
        return group.members().stream().map(Member::key).toList();
    }

    private static List<String> append(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }
}

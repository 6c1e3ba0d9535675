package dev.freshet.config.load;

import dev.freshet.config.load.Node.Mapping;
import dev.freshet.config.load.Node.Origin;
import dev.freshet.config.load.Shape.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The environment as a source: {@code FRESHET_CACHE_MEMORY} sets {@code cache.memory}. A map is one variable. */
final class Variables {

    private static final String PREFIX = "FRESHET_";

    /** Variables of the launcher and the end-to-end tests. */
    static final Set<String> OTHERS = Set.of("FRESHET_JAVA_OPTS", "FRESHET_E2E");

    /** The variables that Kubernetes sets in each container for a service whose name begins with {@code freshet}. */
    private static final Pattern SERVICE_LINK = Pattern
            .compile("FRESHET_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)");
    private static final Pattern SERVICE_LINK_PORT = Pattern.compile("FRESHET_([A-Z0-9_]+_)?PORT=(tcp|udp|sctp)://.*");

    private Variables() {}

    /**
     * A variable and its key.
     *
     * @param name the variable
     * @param path the key's parts
     * @param shape type of the key's value
     */
    record Variable(String name, List<String> path, Shape shape) {

        String key() {
            return String.join(".", path);
        }
    }

    /** All variables, in the order of the options. */
    static List<Variable> all() {
        return variables(Shape.ROOT, List.of()).toList();
    }

    /** The tree with the values of the environment. */
    static Mapping overlay(Mapping tree, Map<String, String> environment, Report report) {
        Mapping result = tree;
        for (Variable variable : all()) {
            String text = environment.get(variable.name());
            Origin origin = Origin.of(variable.name());
            Optional<Node> node = Optional.ofNullable(text)
                    .flatMap(value -> YamlReader.readInline(variable.shape(), variable.key(), value, origin, report));
            result = node.isPresent() ? result.with(variable.path(), node.get()) : result;
        }
        reportUnknown(environment, report);
        return result;
    }

    private static void reportUnknown(Map<String, String> environment, Report report) {
        List<String> known = all().stream().map(Variable::name).toList();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !known.contains(name) && !OTHERS.contains(name)
                    && !isServiceLink(name, value)) {
                report.problem(name, Origin.of("environment"),
                        Suggestion.nearest(name, known)
                                .map("unknown variable: did you mean %s?"::formatted)
                                .orElse("unknown variable: unset it, or use one of " + String.join(", ", known)));
            }
        });
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches() || SERVICE_LINK_PORT.matcher(name + "=" + value).matches();
    }

    private static Stream<Variable> variables(Group group, List<String> path) {
        return group.members().stream().flatMap(member -> {
            List<String> inner = new ArrayList<>(path);
            inner.add(member.key());
            return member.shape() instanceof Group nested
                    ? variables(nested, inner)
                    : Stream.of(new Variable(name(inner), inner, member.shape()));
        });
    }

    private static String name(List<String> path) {
        return PREFIX + String.join("_", path).replace('-', '_').toUpperCase(Locale.ROOT);
    }
}

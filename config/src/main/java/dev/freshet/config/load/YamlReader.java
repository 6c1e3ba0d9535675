package dev.freshet.config.load;

import dev.freshet.config.load.Node.Empty;
import dev.freshet.config.load.Node.Mapping;
import dev.freshet.config.load.Node.Origin;
import dev.freshet.config.load.Node.Scalar;
import dev.freshet.config.load.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** A reader of YAML 1.2 and JSON. Scalars stay text; duplicate keys, anchors and further documents are problems. */
final class YamlReader {

    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    private final Origin origin;
    private final Report report;
    private final JsonParser parser;

    private YamlReader(Origin origin, Report report, JsonParser parser) {
        this.origin = origin;
        this.report = report;
        this.parser = parser;
    }

    /**
     * Reads one document; empty, with a problem, if it is not YAML.
     *
     * @param key key whose value the text is; empty for a file
     * @param origin origin of the text; nodes get their lines
     */
    static Optional<Node> read(String text, String key, Origin origin, Report report) {
        try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            YamlReader reader = new YamlReader(origin, report, parser);
            JsonToken first = parser.nextToken();
            Node node = first == null ? new Empty(origin) : reader.node(key, reader.here());
            if (parser.nextToken() != null) {
                report.problem(key, reader.here(), "a second document begins: keep one");
            }
            return Optional.of(node);
        } catch (JacksonException e) {
            report.problem(key, origin.at(line(e.getLocation())), "is not valid YAML: correct it (" + reason(e) + ")");
            return Optional.empty();
        }
    }

    /**
     * Reads a value in a variable or a flag: plain text, a list as {@code a,b} or {@code [a, b]}, or a map as YAML. Empty if
     * the text is a problem.
     */
    static Optional<Node> readInline(Shape shape, String key, String text, Origin origin, Report report) {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            return Optional.of(new Empty(origin));
        }
        return switch (shape) {
            case Shape.One one -> Optional.of(new Scalar(origin, text));
            case Shape.Perhaps perhaps -> Optional.of(new Scalar(origin, text));
            case Shape.Many many -> stripped.startsWith("[")
                    ? read(text, key, origin, report)
                    : Optional.of(list(stripped, origin));
            case Shape.Groups groups -> read(text, key, origin, report);
            case Shape.Entries entries -> read(text, key, origin, report);
            case Shape.Group group -> read(text, key, origin, report);
        };
    }

    private static Node list(String text, Origin origin) {
        return new Sequence(origin, COMMA.splitAsStream(text).<Node>map(item -> new Scalar(origin, item)).toList());
    }

    private Node node(String path, Origin place) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(path, place);
            case START_ARRAY -> sequence(path, place);
            case VALUE_NULL -> new Empty(place);
            default -> scalar(path, place);
        };
    }

    private Mapping mapping(String path, Origin place) {
        Map<String, Node> entries = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            String key = path.isEmpty() ? name : path + "." + name;
            Origin at = here();
            parser.nextToken();
            Node earlier = entries.putIfAbsent(name, node(key, at));
            if (earlier != null) {
                report.problem(key, at, "is already at " + earlier.origin().name() + ": keep one of the two");
            }
        }
        return new Mapping(place, entries);
    }

    private Sequence sequence(String path, Origin place) {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(path, here()));
        }
        return new Sequence(place, items);
    }

    private Node scalar(String path, Origin place) {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            report.problem(path, here(), "is a YAML alias: write the value itself");
            return new Empty(place);
        }
        return new Scalar(place, parser.getString());
    }

    private Origin here() {
        return origin.at(line(parser.currentTokenLocation()));
    }

    private static int line(@Nullable TokenStreamLocation location) {
        return location == null ? 0 : Math.max(0, location.getLineNr());
    }

    /** The first line of the parser's message. The other lines quote the text, which may contain a secret. */
    private static String reason(JacksonException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("no reason given");
    }
}

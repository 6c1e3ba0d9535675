package dev.freshet.config.load;

import dev.freshet.config.load.Node.Empty;
import dev.freshet.config.load.Node.Scalar;
import dev.freshet.config.load.Node.Sequence;
import java.util.Optional;
import java.util.regex.Pattern;

/** The syntax of values in a variable or a flag: plain text, lists as {@code a,b} or {@code [a, b]}, maps as YAML. */
final class Inline {

    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    private Inline() {}

    /** The node for a text of this shape; empty if the text is a problem. */
    static Optional<Node> read(Shape shape, String key, String text, Origin origin, Problems problems) {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            return Optional.of(new Empty(origin));
        }
        return switch (shape) {
            case Shape.One one -> Optional.of(new Scalar(origin, text));
            case Shape.Perhaps perhaps -> Optional.of(new Scalar(origin, text));
            case Shape.Many many -> stripped.startsWith("[")
                    ? YamlReader.read(text, key, origin, problems)
                    : Optional.of(list(stripped, origin));
            case Shape.Groups groups -> YamlReader.read(text, key, origin, problems);
            case Shape.Entries entries -> YamlReader.read(text, key, origin, problems);
            case Shape.Group group -> YamlReader.read(text, key, origin, problems);
        };
    }

    private static Node list(String text, Origin origin) {
        return new Sequence(origin, COMMA.splitAsStream(text).<Node>map(item -> new Scalar(origin, item)).toList());
    }
}

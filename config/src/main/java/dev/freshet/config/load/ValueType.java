package dev.freshet.config.load;

import dev.freshet.config.Credentials.CommandWord;
import dev.freshet.config.FreshetConfig.Prefetch;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.unit.DataSize;
import dev.freshet.config.unit.Durations;
import dev.freshet.config.unit.HostPort;
import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.config.unit.Percentage;
import dev.freshet.config.unit.RegistryUrl;
import dev.freshet.config.unit.RegularExpression.TagPattern;
import dev.freshet.config.unit.RegularExpression.UrlPattern;
import dev.freshet.config.unit.Secret;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A type that an option may have.
 *
 * @param <T> the type
 * @param type its class
 * @param noun what the documentation calls it
 * @param example a value, as written
 * @param parser from text; throws {@link InvalidValueException}
 * @param printer to text, as the parser reads it, except for secrets
 */
record ValueType<T>(Class<T> type, String noun, String example, Function<String, T> parser,
        Function<T, String> printer) {

    private static final List<ValueType<?>> ALL = List.of(
            new ValueType<>(HostPort.class, "address", "0.0.0.0:5000", HostPort::parse, HostPort::toString),
            new ValueType<>(UpstreamName.class, "registry", "docker.io", UpstreamName::new, UpstreamName::toString),
            new ValueType<>(URI.class, "URL", "https://registry.example.com", RegistryUrl::parse, URI::toString),
            new ValueType<>(HostRule.class, "host", "storage.example.com", HostRule::parse, HostRule::toString),
            new ValueType<>(Path.class, "path", "/srv/freshet", ValueType::path, Path::toString),
            new ValueType<>(Secret.class, "secret", "a password", Secret::new, Secret::toString),
            new ValueType<>(CommandWord.class, "word", "docker-credential-ecr-login", CommandWord::new,
                    CommandWord::toString),
            new ValueType<>(DataSize.class, "size", "256MiB", DataSize::parse, DataSize::toString),
            new ValueType<>(Duration.class, "duration", "5m", Durations::parse, Durations::format),
            new ValueType<>(Percentage.class, "percentage", "10%", Percentage::parse, Percentage::toString),
            new ValueType<>(Prefetch.class, "`none` or `layers`", "layers", Prefetch::parse, Prefetch::toString),
            new ValueType<>(UrlPattern.class, "regular expression", "'^https://mcr\\.microsoft\\.com/'",
                    UrlPattern::parse,
                    UrlPattern::toString),
            new ValueType<>(TagPattern.class, "regular expression", "'v[0-9]+\\.[0-9]+\\.[0-9]+'", TagPattern::parse,
                    TagPattern::toString),
            new ValueType<>(Integer.class, "number", "64", ValueType::number, String::valueOf),
            new ValueType<>(Boolean.class, "`true` or `false`", "true", ValueType::truth, String::valueOf),
            new ValueType<>(String.class, "text", "a name", text -> text, text -> text));

    /** The type of this class; every class in the option tree has one. */
    static ValueType<?> of(Class<?> type) {
        return ALL.stream()
                .filter(candidate -> candidate.type == type || (type == int.class && candidate.type == Integer.class)
                        || (type == boolean.class && candidate.type == Boolean.class))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no option may be a " + type + ": add a ValueType"));
    }

    T parse(String text) {
        return parser.apply(text);
    }

    String print(Object value) {
        return printer.apply(type.cast(value));
    }

    /** Less than, equal to, or greater than 0, as {@link Comparable#compareTo} does. */
    @SuppressWarnings("unchecked") // only types that compare with themselves have bounds
    int compare(Object one, Object other) {
        return ((Comparable<T>) one).compareTo(type.cast(other));
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InvalidValueException(text, "is not a path: use one without control characters");
        }
    }

    private static Boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidValueException(text, "is not valid: use true or false");
        };
    }

    private static Integer number(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new InvalidValueException(text, "is not a number: use a whole number without a unit");
        }
    }
}

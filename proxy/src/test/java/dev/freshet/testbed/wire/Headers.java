package dev.freshet.testbed.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Header fields in the order of the wire; names are compared without regard to case (RFC 9110, section 5.1).
 *
 * @param fields every field, repeated names included
 */
public record Headers(List<Field> fields) {

    /** No field at all. */
    public static final Headers NONE = new Headers(List.of());

    /**
     * One field.
     *
     * @param name as it is written
     * @param value without the white space around it
     */
    public record Field(String name, String value) {}

    public Headers {
        fields = List.copyOf(fields);
    }

    /** Names and values in turn. */
    public static Headers of(String... namesAndValues) {
        Headers headers = NONE;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers = headers.plus(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    /** The first value under this name. */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** Every value under this name. */
    public List<String> all(String name) {
        return fields.stream().filter(f -> f.name().equalsIgnoreCase(name)).map(Field::value).toList();
    }

    /** Whether there is a field of this name. */
    public boolean has(String name) {
        return fields.stream().anyMatch(f -> f.name().equalsIgnoreCase(name));
    }

    /** With this field in place of all others of its name. */
    public Headers with(String name, String value) {
        return without(name).plus(name, value);
    }

    /** With one field more. */
    public Headers plus(String name, String value) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new Headers(more);
    }

    /** With each of these fields in place of the others of its name. */
    public Headers withAll(Headers others) {
        Headers result = this;
        for (Field field : others.fields) {
            result = result.without(field.name());
        }
        for (Field field : others.fields) {
            result = result.plus(field.name(), field.value());
        }
        return result;
    }

    /** Without any field of this name. */
    public Headers without(String name) {
        return new Headers(fields.stream().filter(f -> !f.name().equalsIgnoreCase(name)).toList());
    }
}

package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.Option;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The shape of a place in the option tree, as the records declare it. */
sealed interface Shape {

    /** All options. */
    Group ROOT = group(FreshetConfig.class);

    /** A place for values. */
    sealed interface Leaf extends Shape {

        /** The type of each value. */
        ValueType<?> type();
    }

    /** One value, with a default. */
    record One(ValueType<?> type) implements Leaf {}

    /** One value, or none. */
    record Perhaps(ValueType<?> type) implements Leaf {}

    /** A list of values, empty by default. */
    record Many(ValueType<?> type) implements Leaf {}

    /** A list of groups, empty by default. */
    record Groups(Group item) implements Shape {}

    /** A group for each name. */
    record Entries(ValueType<?> name, Group entry) implements Shape {}

    /** A group of keys. */
    record Group(Class<? extends Record> type, List<Member> members) implements Shape {

        Optional<Member> member(String key) {
            return members.stream().filter(member -> member.key().equals(key)).findFirst();
        }
    }

    /**
     * A key in a group.
     *
     * @param key last part of the key
     * @param option declaration
     * @param shape shape of its value
     */
    record Member(String key, Option option, Shape shape) {}

    private static Group group(Class<? extends Record> type) {
        return new Group(type, Arrays.stream(type.getRecordComponents()).map(Shape::member).toList());
    }

    private static Member member(RecordComponent component) {
        Option option = Objects.requireNonNull(component.getAnnotation(Option.class), component::toString);
        String key = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return new Member(key, option, shape(component));
    }

    private static Shape shape(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == Map.class) {
            return new Entries(ValueType.of(argument(component, 0)),
                    group(argument(component, 1).asSubclass(Record.class)));
        }
        if (type == List.class) {
            Class<?> item = argument(component, 0);
            return isGroup(item) ? new Groups(group(item.asSubclass(Record.class))) : new Many(ValueType.of(item));
        }
        if (type == Optional.class) {
            return new Perhaps(ValueType.of(argument(component, 0)));
        }
        return isGroup(type) ? group(type.asSubclass(Record.class)) : new One(ValueType.of(type));
    }

    private static boolean isGroup(Class<?> type) {
        return type.isRecord() && Arrays.stream(type.getRecordComponents())
                .anyMatch(inner -> inner.isAnnotationPresent(Option.class));
    }

    private static Class<?> argument(RecordComponent component, int index) {
        Type argument = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[index];
        return (Class<?>) argument;
    }
}

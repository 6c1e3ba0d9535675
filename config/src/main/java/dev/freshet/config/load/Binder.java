package dev.freshet.config.load;

import dev.freshet.config.Option;
import dev.freshet.config.load.Node.Empty;
import dev.freshet.config.load.Node.Mapping;
import dev.freshet.config.load.Node.Origin;
import dev.freshet.config.load.Node.Scalar;
import dev.freshet.config.load.Node.Sequence;
import dev.freshet.config.load.Shape.Entries;
import dev.freshet.config.load.Shape.Group;
import dev.freshet.config.load.Shape.Groups;
import dev.freshet.config.load.Shape.Leaf;
import dev.freshet.config.load.Shape.Many;
import dev.freshet.config.load.Shape.Member;
import dev.freshet.config.load.Shape.One;
import dev.freshet.config.load.Shape.Perhaps;
import dev.freshet.config.unit.InvalidValueException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A binder that turns a tree into records. It reports an invalid value and uses the default instead, so that it can check
 * the other values too. The records are valid only if there are no problems.
 */
final class Binder {

    private final Path workingDirectory;
    private final Report report;

    /**
     * A binder of one tree.
     *
     * @param workingDirectory base of relative paths
     * @param report receives the bound values with their origins, and the problems
     */
    Binder(Path workingDirectory, Report report) {
        this.workingDirectory = workingDirectory;
        this.report = report;
    }

    /**
     * The record of a group.
     *
     * @param key the group's own key; empty for the root
     * @param name name of the map entry that contains the group; empty outside of maps
     */
    Record group(Group group, String key, @Nullable Node node, String name) {
        Map<String, Node> entries = entries(group, key, node);
        entries.forEach((entry, value) -> {
            if (group.member(entry).isEmpty()) {
                report.problem(child(key, entry), value.origin(), Suggestion.unknown(group, key, entry));
            }
        });
        return create(group.type(), group.members().stream()
                .map(member -> member(member, child(key, member.key()), entries.get(member.key()), name))
                .toArray());
    }

    private Object member(Member member, String key, @Nullable Node node, String name) {
        return switch (member.shape()) {
            case Group group -> group(group, key, node, name);
            case Entries entries -> map(entries, key, node);
            case Groups groups -> groups(groups, key, node);
            case Many many -> list(many, member.option(), key, node);
            case Perhaps perhaps -> perhaps(perhaps, member.option(), key, node);
            case One one -> one(one, member.option(), key, node, name);
        };
    }

    private Object one(One one, Option option, String key, @Nullable Node node, String name) {
        Optional<Object> set = value(one, option, key, node);
        Object value = set.orElseGet(() -> resolved(one.type().parse(option.defaultValue().replace("<name>", name))));
        Origin origin = set.isPresent() && node != null ? node.origin() : Origin.DEFAULT;
        report.setting(key, one.type().print(value), origin);
        return value;
    }

    private Optional<Object> perhaps(Perhaps perhaps, Option option, String key, @Nullable Node node) {
        Optional<Object> set = value(perhaps, option, key, node);
        if (set.isPresent() && node != null) {
            report.setting(key, perhaps.type().print(set.get()), node.origin());
        }
        return set;
    }

    private List<Object> list(Many many, Option option, String key, @Nullable Node node) {
        if (node != null && !(node instanceof Sequence)) {
            report.problem(key, node.origin(),
                    "is not a list: write one, such as [" + many.type().example() + "], or remove the key");
        }
        List<Object> values = new ArrayList<>();
        if (node instanceof Sequence sequence) {
            sequence.items().forEach(item -> value(many, option, key, item).ifPresent(values::add));
            String printed = String.join(", ", values.stream().map(many.type()::print).toList());
            report.setting(key, "[" + printed + "]", node.origin());
        }
        return values;
    }

    /** The first group's key ends in {@code [0]}. */
    private List<Record> groups(Groups shape, String key, @Nullable Node node) {
        String keys = String.join(", ", shape.item().members().stream().map(Member::key).toList());
        if (node != null && !(node instanceof Sequence)) {
            report.problem(key, node.origin(), "is not a list: write one of mappings, with keys of " + keys
                    + ", or remove the key");
        }
        List<Record> groups = new ArrayList<>();
        if (node instanceof Sequence sequence) {
            for (Node item : sequence.items()) {
                String itemKey = key + "[" + groups.size() + "]";
                if (item instanceof Empty || (item instanceof Mapping mapping && mapping.entries().isEmpty())) {
                    report.problem(itemKey, item.origin(), "is empty: write keys and values under it, of " + keys);
                }
                groups.add(group(shape.item(), itemKey, item, ""));
            }
        }
        return groups;
    }

    private Map<Object, Object> map(Entries shape, String key, @Nullable Node node) {
        if (node instanceof Empty || (node instanceof Mapping mapping && mapping.entries().isEmpty())) {
            report.problem(key, node.origin(), "is empty: add an entry, or remove the key to have the defaults");
            return Map.of();
        }
        Map<Object, Object> bound = new LinkedHashMap<>();
        entries(shape.entry(), key, node).forEach((name, value) -> {
            String entryKey = child(key, name);
            parse(shape.name(), entryKey, new Scalar(value.origin(), name))
                    .ifPresent(parsed -> bound.put(parsed, group(shape.entry(), entryKey, value, name)));
        });
        return bound;
    }

    private Map<String, Node> entries(Group group, String key, @Nullable Node node) {
        if (node instanceof Mapping mapping) {
            return mapping.entries();
        }
        if (node instanceof Scalar || node instanceof Sequence) {
            String keys = String.join(", ", group.members().stream().map(Member::key).toList());
            report.problem(key, node.origin(), "is not a mapping: write keys and values under it, of " + keys);
        }
        return Map.of();
    }

    private Optional<Object> value(Leaf leaf, Option option, String key, @Nullable Node node) {
        if (node == null) {
            return Optional.empty();
        }
        String advice = "give one value, such as " + leaf.type().example();
        switch (node) {
            case Scalar scalar -> {
                return parse(leaf.type(), key, scalar).filter(value -> inBounds(leaf.type(), option, key, node, value));
            }
            case Empty empty -> report.problem(key, node.origin(), "has no value: " + advice + ", or remove the key");
            case Mapping mapping -> report.problem(key, node.origin(), "is a mapping: " + advice);
            case Sequence sequence -> report.problem(key, node.origin(), "is a list: " + advice);
        }
        return Optional.empty();
    }

    private Optional<Object> parse(ValueType<?> type, String key, Scalar scalar) {
        try {
            return Optional.of(resolved(type.parse(scalar.text())));
        } catch (InvalidValueException e) {
            report.problem(key, scalar.origin(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private boolean inBounds(ValueType<?> type, Option option, String key, Node node, Object value) {
        if (!option.min().isEmpty() && type.compare(value, type.parse(option.min())) < 0) {
            report.problem(key, node.origin(),
                    type.print(value) + " is less than " + option.min() + ": use " + option.min() + " or more");
            return false;
        }
        if (!option.max().isEmpty() && type.compare(value, type.parse(option.max())) > 0) {
            report.problem(key, node.origin(),
                    type.print(value) + " is more than " + option.max() + ": use " + option.max() + " or less");
            return false;
        }
        return true;
    }

    private Object resolved(Object value) {
        return value instanceof Path path ? workingDirectory.resolve(path).toAbsolutePath().normalize() : value;
    }

    private static String child(String key, String name) {
        return key.isEmpty() ? name : key + "." + name;
    }

    private static Record create(Class<? extends Record> type, Object[] arguments) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName() + " of valid options", e);
        }
    }
}

package dev.freshet.config.load;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node of the configuration as written, before it is bound to options. */
sealed interface Node {

    /** The origin of the node. A value in a mapping has the origin of its key. */
    Origin origin();

    /** One value, as text. */
    record Scalar(Origin origin, String text) implements Node {}

    /** A list. */
    record Sequence(Origin origin, List<Node> items) implements Node {}

    /** A key without a value. */
    record Empty(Origin origin) implements Node {}

    /** Keys and their values, in the order they were written. */
    record Mapping(Origin origin, Map<String, Node> entries) implements Node {

        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** The same mapping with a value under a key, which keeps its position if it exists. */
        Mapping with(String key, Node value) {
            Map<String, Node> changed = new LinkedHashMap<>(entries);
            changed.put(key, value);
            return new Mapping(origin, changed);
        }

        /**
         * The same mapping with a value at the end of a path. A value on the path that is not a mapping stays, so that the
         * binder reports it.
         */
        Mapping with(List<String> path, Node value) {
            String key = path.getFirst();
            if (path.size() == 1) {
                return with(key, value);
            }
            Node next = entries.getOrDefault(key, new Empty(value.origin()));
            return switch (next) {
                case Mapping mapping -> with(key, mapping.with(path.subList(1, path.size()), value));
                case Empty empty -> with(key,
                        new Mapping(value.origin(), Map.of()).with(path.subList(1, path.size()), value));
                case Scalar scalar -> this;
                case Sequence sequence -> this;
            };
        }
    }

    /**
     * The origin of a value, as messages and {@code check-config} show it.
     *
     * @param name {@code default}, {@code <file>:<line>}, the environment variable, or {@code --set}
     * @param hasLines whether this is a file as a whole
     */
    record Origin(String name, boolean hasLines) {

        static final Origin DEFAULT = of("default");
        static final Origin FLAG = of("--set");

        static Origin of(String name) {
            return new Origin(name, false);
        }

        /** The same origin at a line, counted from 1, if it has lines; 0 means the file as a whole. */
        Origin at(int line) {
            return hasLines && line > 0 ? of(name + ":" + line) : this;
        }
    }
}

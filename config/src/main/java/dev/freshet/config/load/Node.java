package dev.freshet.config.load;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was written, before anything is known about its meaning. */
sealed interface Node {

    /** Where it was written; a value in a mapping is where its key is. */
    Origin origin();

    /** One value, as text. */
    record Scalar(Origin origin, String text) implements Node {}

    /** A list. */
    record Sequence(Origin origin, List<Node> items) implements Node {}

    /** Nothing, where a value could stand. */
    record Empty(Origin origin) implements Node {}

    /** Keys and their values, in the order they were written. */
    record Mapping(Origin origin, Map<String, Node> entries) implements Node {

        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** The same mapping with this value under this key, in its old place if it had one. */
        Mapping with(String key, Node value) {
            Map<String, Node> changed = new LinkedHashMap<>(entries);
            changed.put(key, value);
            return new Mapping(origin, changed);
        }

        /**
         * The same mapping with this value at the end of the path. Where a value that is not a mapping stands in the way
         * it stays, to be reported as what it is.
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
}

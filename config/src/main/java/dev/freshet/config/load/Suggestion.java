package dev.freshet.config.load;

import dev.freshet.config.load.Shape.Group;
import dev.freshet.config.load.Shape.Member;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A suggestion for an unknown key: the known key that it resembles. */
final class Suggestion {

    private Suggestion() {}

    /** The message about a key that is not in the group; {@code prefix} is the key of the group. */
    static String unknown(Group group, String prefix, String key) {
        List<String> siblings = group.members().stream().map(Member::key).toList();
        return nearest(key, siblings)
                .map(sibling -> prefix.isEmpty() ? sibling : prefix + "." + sibling)
                .or(() -> places(Shape.ROOT, "", key.replace('_', '-')).min(Comparator.comparingInt(String::length)))
                .map("unknown key: did you mean %s?"::formatted)
                .orElse("unknown key: remove it, or use one of " + String.join(", ", siblings));
    }

    /** The candidate that differs in the fewest letters, if there are few. */
    static Optional<String> nearest(String text, List<String> candidates) {
        return candidates.stream()
                .filter(candidate -> distance(text, candidate) <= Math.clamp(candidate.length() / 3, 1, 3))
                .min(Comparator.comparingInt(candidate -> distance(text, candidate)));
    }

    private static Stream<String> places(Group group, String prefix, String key) {
        return group.members().stream().flatMap(member -> {
            String path = prefix + member.key();
            return switch (member.shape()) {
                case Shape.Group inner -> places(inner, path + ".", key);
                case Shape.Entries entries -> places(entries.entry(), path + ".<name>.", key);
                case Shape.Leaf leaf -> Stream.of(path).filter(place -> member.key().equals(key));
                case Shape.Groups groups -> Stream.of(path).filter(place -> member.key().equals(key));
            };
        });
    }

    /** The number of letters to insert, remove or replace. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}

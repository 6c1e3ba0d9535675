package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Tag;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** What killed processes have said of a store, and what therefore must be there, or may, or must not. */
final class KillLedger {

    private final Map<Digest, KillVictim.Source> begun = new HashMap<>();
    private final Set<Digest> committed = new HashSet<>();
    private final Set<Digest> going = new HashSet<>();
    private final Set<Digest> removed = new HashSet<>();
    private final Map<Digest, Long> left = new HashMap<>();
    private final Map<Tag, Digest> tags = new HashMap<>();

    /** Takes a line of a victim's output. */
    void hear(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "begun" -> begun.put(Digest.parse(words[1]),
                    new KillVictim.Source(Long.parseLong(words[2]), Integer.parseInt(words[3])));
            case "committed" -> committed.add(Digest.parse(words[1]));
            case "found" -> left.put(Digest.parse(words[1]), Long.parseLong(words[2]));
            case "ending" -> left.remove(Digest.parse(words[1]));
            case "removing", "evicted" -> goes(Digest.parse(words[1]));
            case "removed" -> removed.add(Digest.parse(words[1]));
            case "tagged" -> tags.put(new Tag(words[2]), Digest.parse(words[1]));
            case "opening", "open", "full" -> {
            }
            default -> throw new AssertionError("the victim said: " + line);
        }
    }

    /** Content need no longer be there, though it may. */
    void goes(Digest digest) {
        going.add(digest);
    }

    /** Content was committed by the one who holds this ledger. */
    void committed(Digest digest) {
        removed.remove(digest);
        going.remove(digest);
        committed.add(digest);
    }

    /** What was left of content need no longer be there. */
    void ending(Digest digest) {
        left.remove(digest);
    }

    /** Bytes that must be there of each content that a writer has left, and that no writer has ended since. */
    Map<Digest, Long> left() {
        return left;
    }

    KillVictim.Source source(Digest digest) {
        KillVictim.Source source = begun.get(digest);
        assertThat(source).as("who began %s", digest).isNotNull();
        return source;
    }

    /** How many must be there. */
    int mustBeThere() {
        Set<Digest> expected = new HashSet<>(committed);
        expected.removeAll(going);
        return expected.size();
    }

    /**
     * Compares with what is listed.
     *
     * @param unheard how many may have been evicted without a word, as the kill came before it
     */
    void agreesWith(Set<Digest> listed, int unheard) {
        assertThat(listed).as("contents").allMatch(begun::containsKey, "that were begun").noneMatch(removed::contains);
        Set<Digest> missing = new HashSet<>(committed);
        missing.removeAll(going);
        missing.removeAll(listed);
        assertThat(missing).as("contents that were committed and are missing").hasSizeLessThanOrEqualTo(unheard);
        missing.forEach(this::goes);
    }

    Map<Tag, Digest> tags() {
        return tags;
    }
}
